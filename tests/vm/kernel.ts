// SPDX-License-Identifier: Apache-2.0
/**
 * Debian's stable kernel as files: `linux-image-cloud-amd64` downloaded by apt and unpacked into the tool folder.
 * Nothing is installed on the host, and no maintainer script runs.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ok, type Result, refuse } from "@strait/model";
import { run } from "./run.ts";

/** An unpacked kernel package. */
export interface Kernel {
  /** What `uname -r` says in the guest, for example `6.1.0-56-cloud-amd64`. */
  readonly release: string;
  /** The compressed kernel image, for `qemu -kernel`. */
  readonly image: string;
  /** The folder that holds `kernel/`, `modules.order` and friends of this release. */
  readonly modules: string;
}

const META_PACKAGE = "linux-image-cloud-amd64";

/**
 * Finds the unpacked kernel below `folder`, or downloads it: about 27 MB, once.
 *
 * Refuses, with a reason to show, where apt has no such package (not Debian, no network).
 *
 * @example
 * const kernel = await fetchKernel(".tools/vm");
 * if (kernel.ok) console.log(kernel.value.release);
 */
export async function fetchKernel(folder: string, options: { readonly signal?: AbortSignal } = {}): Promise<Result<Kernel>> {
  const home = join(folder, "kernel");
  const present = findKernel(home);
  if (present) return ok(present);
  const name = await newestPackage(options);
  if (!name.ok) return name;
  const work = join(folder, `kernel.${process.pid}.partial`);
  mkdirSync(work, { recursive: true });
  try {
    const download = await run(["apt-get", "download", name.value], { cwd: work, ...options });
    if (download.exit !== 0) return refuse(`apt-get download ${name.value} failed: ${lastLine(download.stderr)}`);
    const file = readdirSync(work).find((entry) => entry.endsWith(".deb"));
    if (!file) return refuse(`apt-get download ${name.value} left no .deb file`);
    const unpack = await run(["dpkg-deb", "-x", join(work, file), join(work, "root")], options);
    if (unpack.exit !== 0) return refuse(`dpkg-deb cannot unpack ${file}: ${lastLine(unpack.stderr)}`);
    rmSync(home, { recursive: true, force: true });
    renameSync(join(work, "root"), home);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const kernel = findKernel(home);
  return kernel ? ok(kernel) : refuse(`${name.value} holds no kernel image under /boot`);
}

async function newestPackage(options: { readonly signal?: AbortSignal }): Promise<Result<string>> {
  for (const refresh of [false, true]) {
    if (refresh) await run(["apt-get", "update", "-q"], options);
    const answer = await run(["apt-cache", "depends", META_PACKAGE], options);
    const name = /Depends: (linux-image-\S+)/.exec(answer.stdout)?.[1];
    if (name) return ok(name);
  }
  return refuse(`apt knows no ${META_PACKAGE}: the VM lane needs Debian's package lists`);
}

function findKernel(home: string): Kernel | undefined {
  const boot = join(home, "boot");
  if (!existsSync(boot)) return undefined;
  const file = readdirSync(boot).find((entry) => entry.startsWith("vmlinuz-"));
  if (!file) return undefined;
  const release = file.slice("vmlinuz-".length);
  return { release, image: join(boot, file), modules: join(home, "lib/modules", release) };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
