// SPDX-License-Identifier: Apache-2.0
import { positiveInt } from "./args.ts";
import type { BpfProgram } from "./bpf_program.ts";
import { DeviceLink, LINK_TYPE, unpinLink } from "./device_link.ts";
import { check } from "./kernel_error.ts";
import { takeLog } from "./libbpf_log.ts";
import { shim } from "./symbols.ts";

/** Where to attach what. */
export interface XdpAttach {
  readonly program: BpfProgram;
  /** In the network namespace of this process. */
  readonly ifindex: number;
  /** "native" (the driver runs it) by default; "generic" works with any driver and is slower than tc. */
  readonly mode?: "native" | "generic";
  /** Path on a bpffs by which the attachment outlives the process and is found again. */
  readonly pinPath?: string;
}

/** A program at the XDP hook of an interface. Without a pin the attachment ends with `close()`. Made by {@linkcode attachXdp}. */
export class XdpLink extends DeviceLink {
  constructor(options: XdpAttach) {
    const { program, ifindex, mode = "native" } = options;
    super({
      ...options,
      handle: "XdpLink",
      place: `XDP of interface ${ifindex}`,
      wanted: (info) => info.type === LINK_TYPE.xdp && info.ifindex === ifindex && queryXdp(ifindex) === info.programId,
      create: () => shim().strait_xdp_attach(program.fd, ifindex, mode === "generic" ? 1 : 0),
    });
  }
}

/**
 * Attaches a program to the XDP hook by a link (Linux 5.9). A link found at `pinPath` is taken over and its program replaced without
 * a gap; a pin whose interface is gone is replaced.
 *
 * @throws KernelError EOPNOTSUPP: the driver has no native XDP; EBUSY: another program is there; ENODEV: no such interface.
 * @example
 * ```ts
 * const link = attachXdp({ program, ifindex: 2, pinPath: "/sys/fs/bpf/strait/links/2-xdp" });
 * ```
 */
export function attachXdp(options: XdpAttach): XdpLink {
  positiveInt(options.ifindex, "ifindex");
  return new XdpLink(options);
}

/** Detaches the link pinned at a path; false if there is none. */
export function detachXdp(pinPath: string): boolean {
  return unpinLink(pinPath);
}

/** Id of the program at the XDP hook of an interface, whoever attached it. */
export function queryXdp(ifindex: number): number | undefined {
  const id = new Uint32Array(1);
  const code = shim().strait_xdp_query(positiveInt(ifindex, "ifindex"), id);
  const log = takeLog();
  check(code, "query", `XDP of interface ${ifindex}`, { log });
  return id[0] || undefined;
}
