// SPDX-License-Identifier: Apache-2.0
import { cString } from "./args.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

/**
 * Makes a tun (IP packets) or tap (Ethernet frames) device that stays when nobody has it open
 * (Documentation/networking/tuntap.rst); it is listed, changed and deleted by netlink. KernelError EBUSY if the name is taken,
 * ENOENT without /dev/net/tun.
 *
 * @example
 * ```ts
 * createTun("tun0", "tun");
 * ```
 */
export function createTun(name: string, mode: "tun" | "tap"): void {
  check(shim().strait_tun_create(cString(name), mode === "tap" ? 1 : 0), "add", `${mode} link ${name}`);
}
