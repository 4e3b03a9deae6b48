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
  const work = join(folder, `kernel.${process.pid}.partial`);
  mkdirSync(work, { recursive: true });
  try {
    let got = await download(work, options);
    if (!got.ok) {
      // Package lists age: what they name may have been replaced by a newer version.
      await run(["apt-get", "update", "-q"], options);
      got = await download(work, options);
    }
    if (!got.ok) return got;
    const file = got.value;
    const unpack = await run(["dpkg-deb", "-x", join(work, file), join(work, "root")], options);
    if (unpack.exit !== 0) return refuse(`dpkg-deb cannot unpack ${file}: ${lastLine(unpack.stderr)}`);
    rmSync(home, { recursive: true, force: true });
    renameSync(join(work, "root"), home);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const kernel = findKernel(home);
  return kernel ? ok(kernel) : refuse(`${META_PACKAGE} holds no kernel image under /boot`);
}

/** Downloads the package that the meta-package stands for today, into `work`, and returns its file name. */
async function download(work: string, options: { readonly signal?: AbortSignal }): Promise<Result<string>> {
  const answer = await run(["apt-cache", "depends", META_PACKAGE], options);
  const name = /Depends: (linux-image-\S+)/.exec(answer.stdout)?.[1];
  if (!name) return refuse(`apt knows no ${META_PACKAGE}: the VM lane needs Debian's package lists`);
  const done = await run(["apt-get", "download", name], { cwd: work, ...options });
  const file = readdirSync(work).find((entry) => entry.endsWith(".deb"));
  return done.exit === 0 && file ? ok(file) : refuse(`apt-get cannot download ${name}: ${lastLine(done.stderr)}`);
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
