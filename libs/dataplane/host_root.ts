// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";

/**
 * Where a file of the node's /proc/sys or /sys can be written. A container that is not privileged sees both read-only, so the
 * DaemonSets mount the node's own once more below a folder that STRAIT_HOST_ROOT names; without it, it is the path itself.
 *
 * @example
 * hostPath("/sys", { STRAIT_HOST_ROOT: "/mnt/host" }); // "/mnt/host/sys"
 */
export function hostPath(path: string, env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(env["STRAIT_HOST_ROOT"] ?? "/", path);
}
