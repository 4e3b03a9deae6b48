// SPDX-License-Identifier: Apache-2.0
import { positiveInt } from "./args.ts";
import { BpfProgram } from "./bpf_program.ts";
import { ClsactLink, clsactDetach, clsactQuery } from "./clsact.ts";
import { unpinLink } from "./device_link.ts";
import { KernelError } from "./kernel_error.ts";
import type { AttachedProgram, Direction, TcAttach, TcLink } from "./tc_link.ts";
import { TcxLink, tcxQuery, tcxSupported } from "./tcx.ts";

/**
 * Attaches a program to an interface by a TCX link (Linux 6.6), or by a clsact filter where the kernel lacks TCX. An
 * attachment found at `pinPath` (TCX) or under our handle and priority (clsact) is taken over and its program replaced
 * without a gap; a pin whose interface is gone is replaced.
 *
 * @throws KernelError ENODEV if there is no such interface.
 * @example
 * ```ts
 * const link = attachTc({ program, ifindex: 2, direction: "ingress", pinPath: "/sys/fs/bpf/strait/links/2-ingress" });
 * link.replace(next);
 * link.detach();
 * ```
 */
export function attachTc(options: TcAttach): TcLink {
  positiveInt(options.ifindex, "ifindex");
  const kind = options.kind ?? (tcxSupported() ? "tcx" : "clsact");
  return kind === "tcx" ? new TcxLink(options) : ClsactLink.attach(options);
}

/**
 * Detaches what {@linkcode attachTc} left at an interface, without needing the program: the link pinned at `pinPath`, and our
 * clsact filter. False if there was neither.
 */
export function detachTc(options: { ifindex: number; direction: Direction; pinPath?: string }): boolean {
  const byPin = options.pinPath !== undefined && unpinLink(options.pinPath);
  return clsactDetach(positiveInt(options.ifindex, "ifindex"), options.direction) || byPin;
}

/** The programs at an interface: all of TCX in the order they run, then ours of clsact (its other filters are not listed). */
export function queryTc(ifindex: number, direction: Direction): AttachedProgram[] {
  positiveInt(ifindex, "ifindex");
  const tcx = tcxSupported() ? tcxQuery(ifindex, direction).map((id) => describe(id, "tcx")) : [];
  const clsact = clsactQuery(ifindex, direction).map((id) => describe(id, "clsact"));
  return [...tcx, ...clsact].filter((program) => program !== undefined);
}

/** Undefined if the program went meanwhile. Without CAP_SYS_ADMIN the kernel tells a program's number and no more: name and tag are empty. */
function describe(id: number, kind: "tcx" | "clsact"): AttachedProgram | undefined {
  try {
    using program = BpfProgram.openById(id);
    const { name, tag } = program.info();
    return { id, name, tag, kind };
  } catch (error) {
    if (error instanceof KernelError && error.errnoName === "ENOENT") return undefined;
    if (error instanceof KernelError && error.errnoName === "EPERM") return { id, name: "", tag: "", kind };
    throw error;
  }
}
