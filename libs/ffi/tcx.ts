// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { cString } from "./args.ts";
import type { BpfProgram } from "./bpf_program.ts";
import { FdHandle, pinFd } from "./fd_handle.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";
import type { Direction, TcAttach, TcLink } from "./tc_link.ts";

const ENOENT = -2;
const ENOLINK = -67;
const MOST_PROGRAMS = 64; // BPF_MPROG_MAX

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

/** Detaches the link pinned at a path and removes the pin; false if nothing is pinned there. */
export function unpinTcx(path: string): boolean {
  const link = openLink(path);
  rmSync(path, { force: true });
  if (link === undefined) return false;
  shim().strait_link_detach(link);
  shim().strait_close(link);
  return true;
}

/** An attachment by TCX link. Made by `attachTc`. */
export class TcxLink extends FdHandle implements TcLink {
  readonly kind = "tcx";
  readonly ifindex: number;
  readonly direction: Direction;
  readonly #pinPath: string | undefined;

  private constructor(fd: number, { ifindex, direction, pinPath }: TcAttach) {
    super("TcLink", fd);
    this.ifindex = ifindex;
    this.direction = direction;
    this.#pinPath = pinPath;
  }

  static attach(options: TcAttach): TcxLink {
    const { program, ifindex, direction, pinPath } = options;
    const found = pinPath === undefined ? undefined : reopen(pinPath, options);
    if (found !== undefined) return new TcxLink(found, options);
    const where = `${program.info().name} at ${direction} of interface ${ifindex}`;
    const fd = check(shim().strait_tcx_attach(program.fd, ifindex, direction === "egress" ? 1 : 0), "attach", where);
    const link = new TcxLink(fd, options);
    try {
      if (pinPath !== undefined) pinFd(fd, pinPath, `link of ${where}`);
    } catch (error) {
      link.close();
      throw error;
    }
    return link;
  }

  get programId(): number {
    return linkInfo(this.fd).programId;
  }

  replace(program: BpfProgram): void {
    const where = `program at ${this.direction} of interface ${this.ifindex} by ${program.info().name}`;
    check(shim().strait_link_update(this.fd, program.fd), "replace", where);
  }

  detach(): void {
    const code = shim().strait_link_detach(this.fd);
    // The interface took the link with it: what we wanted.
    if (code !== ENOLINK) check(code, "detach", `program at ${this.direction} of interface ${this.ifindex}`);
    if (this.#pinPath !== undefined) rmSync(this.#pinPath, { force: true });
    this.close();
  }
}

/** The descriptor of a live pinned link, its program replaced; a dead link's pin is removed. */
function reopen(path: string, { program, ifindex, direction }: TcAttach): number | undefined {
  const fd = openLink(path);
  if (fd === undefined) return undefined;
  const info = linkInfo(fd);
  if (info.ifindex === ifindex && info.direction === direction && tcxQuery(ifindex, direction).includes(info.programId)) {
    const code = info.programId === program.id ? 0 : shim().strait_link_update(fd, program.fd);
    if (code === 0) return fd;
  }
  shim().strait_link_detach(fd);
  shim().strait_close(fd);
  rmSync(path, { force: true });
  return undefined;
}

function openLink(path: string): number | undefined {
  const fd = shim().strait_open_pinned(cString(path));
  return fd === ENOENT ? undefined : check(fd, "open", `link pinned at ${path}`);
}

function linkInfo(fd: number): { programId: number; ifindex: number; direction: Direction } {
  const out = new Uint32Array(4);
  check(shim().strait_tcx_info(fd, out), "read the info of", "TCX link");
  const [, programId = 0, ifindex = 0, egress = 0] = out;
  return { programId, ifindex, direction: egress === 1 ? "egress" : "ingress" };
}
