// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { cString } from "./args.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

/**
 * True if a path, or the nearest directory above it that exists, lies on a bpffs: only there can BPF objects be pinned.
 * `/sys/fs/bpf` is a plain directory until somebody mounts one there.
 *
 * @example
 * ```ts
 * if (!bpffsMounted("/sys/fs/bpf/strait")) throw new Error("mount -t bpf bpf /sys/fs/bpf");
 * ```
 */
export function bpffsMounted(path: string): boolean {
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  return check(shim().strait_is_bpffs(cString(nearest)), "look at", nearest) === 1;
}
