// SPDX-License-Identifier: Apache-2.0
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "bun";
import type { Arch } from "./arch.ts";

/** What the binary is linked with or loads. Nothing else: no shell, no package manager. */
const PACKAGES = ["base-files", "libc6", "libgcc-s1", "libbpf1", "libelf1", "zlib1g"];

/** The release the packages come from; its libbpf is the one the product is tested with. */
const SUITE = "bookworm";

/** Files that Debian's scripts would make, which do not run here. */
const accounts: Readonly<Record<string, string>> = {
  "etc/passwd": "root:x:0:0:root:/root:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
  "etc/group": "root:x:0:\nnogroup:x:65534:\n",
  "etc/nsswitch.conf": "hosts: files dns\n",
};

/** Unpacks the base of the image: libraries of one architecture, their copyright files, the mount points of the DaemonSets. */
export async function rootFs(arch: Arch, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await $`mmdebstrap --quiet --variant=extract --architectures=${arch.name} --include=${PACKAGES.join(",")} ${SUITE} ${to}`.quiet();
  for (const [path, text] of Object.entries(accounts)) await writeFile(join(to, path), text);
  for (const folder of ["run/strait", "sys/fs/bpf", "var/lib/cni"]) await mkdir(join(to, folder), { recursive: true });
  // Bookkeeping of a package manager that is not there, and documentation that is not about licences.
  for (const folder of ["var/lib/dpkg", "var/cache", "var/lib/apt", "usr/share/man", "usr/share/locale", "usr/share/info"]) {
    await rm(join(to, folder), { recursive: true, force: true });
  }
}
