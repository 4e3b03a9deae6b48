// SPDX-License-Identifier: Apache-2.0
import { DeviceLink, LINK_TYPE_TCX } from "./device_link.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";
import type { Direction, TcAttach, TcLink } from "./tc_link.ts";

const ENOENT = -2;
const MOST_PROGRAMS = 64; // BPF_MPROG_MAX
/** `enum bpf_attach_type`: BPF_TCX_INGRESS, BPF_TCX_EGRESS (linux/bpf.h of 6.6). */
const ATTACH_TYPE = { ingress: 46, egress: 47 } as const;

let supported: boolean | undefined;

/** True if the kernel has TCX links (6.6 and later). Asked once. */
export function tcxSupported(): boolean {
  supported ??= check(shim().strait_tcx_supported(), "probe", "TCX") === 1;
  return supported;
}

/** Ids of the programs attached by TCX, in the order they run. */
export function tcxQuery(ifindex: number, direction: Direction): number[] {
  const ids = new Uint32Array(MOST_PROGRAMS);
  const count = shim().strait_tcx_query(ifindex, direction === "egress" ? 1 : 0, ids, ids.length);
  if (count === ENOENT) return [];
  return [...ids.subarray(0, check(count, "query", `TCX ${direction} of interface ${ifindex}`))];
}

/** An attachment by TCX link. Made by `attachTc`. */
export class TcxLink extends DeviceLink implements TcLink {
  readonly kind = "tcx";
  readonly direction: Direction;

  constructor(options: TcAttach) {
    const { program, ifindex, direction } = options;
    super({
      ...options,
      handle: "TcLink",
      place: `${direction} of interface ${ifindex}`,
      wanted: (info) =>
        info.type === LINK_TYPE_TCX &&
        info.ifindex === ifindex &&
        info.attachType === ATTACH_TYPE[direction] &&
        // Another namespace may have an interface of the same index.
        tcxQuery(ifindex, direction).includes(info.programId),
      create: () => shim().strait_tcx_attach(program.fd, ifindex, direction === "egress" ? 1 : 0),
    });
    this.direction = direction;
  }
}
