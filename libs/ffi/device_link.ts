// SPDX-License-Identifier: Apache-2.0
import { rmSync } from "node:fs";
import { cString } from "./args.ts";
import type { BpfProgram } from "./bpf_program.ts";
import { FdHandle, pinFd } from "./fd_handle.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

const ENOENT = -2;
const ENOLINK = -67;

/** BPF_LINK_TYPE_TCX of `enum bpf_link_type` (linux/bpf.h of 6.6). */
export const LINK_TYPE_TCX = 11;

/** What the kernel says of a link. */
export interface LinkInfo {
  readonly type: number;
  readonly programId: number;
  /** 0 once the interface is gone. */
  readonly ifindex: number;
  /** `enum bpf_attach_type`; only TCX sets it. */
  readonly attachType: number;
}

/** What makes a link, or finds it again. */
export interface LinkRequest {
  /** Kind of handle, for messages and the leak count. */
  readonly handle: string;
  readonly program: BpfProgram;
  readonly ifindex: number;
  readonly pinPath?: string;
  /** Where, for messages: "ingress of interface 5". */
  readonly place: string;
  /** True if a pinned link is the wanted one and at work. */
  wanted(info: LinkInfo): boolean;
  /** A new link's descriptor, or -errno. */
  create(): number;
}

/**
 * A program at an interface by a BPF link. The link pinned at `pinPath` is taken over, if it is the wanted one, and its program
 * replaced; otherwise the pin is removed and a new link made.
 */
export class DeviceLink extends FdHandle {
  readonly ifindex: number;
  readonly #place: string;
  readonly #pinPath: string | undefined;

  constructor(request: LinkRequest) {
    const { program, pinPath, place } = request;
    const found = pinPath === undefined ? undefined : takeOver(pinPath, request);
    const fd = found ?? check(request.create(), "attach", `${program.info().name} at ${place}`);
    super(request.handle, fd);
    this.ifindex = request.ifindex;
    this.#place = place;
    this.#pinPath = pinPath;
    try {
      if (pinPath !== undefined && found === undefined) pinFd(fd, pinPath, `link at ${place}`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Id of the program attached now. */
  get programId(): number {
    return linkInfo(this.fd).programId;
  }

  /** Puts another program in place of this one; every packet meets the old or the new one. */
  replace(program: BpfProgram): void {
    check(shim().strait_link_update(this.fd, program.fd), "replace", `program at ${this.#place} by ${program.info().name}`);
  }

  /** Takes the program off, removes the pin and closes the handle. An interface that is gone is no error. */
  detach(): void {
    const code = shim().strait_link_detach(this.fd);
    if (code !== ENOLINK) check(code, "detach", `program at ${this.#place}`);
    if (this.#pinPath !== undefined) rmSync(this.#pinPath, { force: true });
    this.close();
  }
}

/** Detaches the link pinned at a path and removes the pin; false if nothing is pinned there. */
export function unpinLink(path: string): boolean {
  const link = openLink(path);
  rmSync(path, { force: true });
  if (link === undefined) return false;
  shim().strait_link_detach(link);
  shim().strait_close(link);
  return true;
}

function takeOver(path: string, { program, wanted }: LinkRequest): number | undefined {
  const fd = openLink(path);
  if (fd === undefined) return undefined;
  try {
    const info = linkInfo(fd);
    if (wanted(info) && (info.programId === program.id || shim().strait_link_update(fd, program.fd) === 0)) return fd;
    shim().strait_link_detach(fd);
  } catch (error) {
    shim().strait_close(fd);
    throw error;
  }
  shim().strait_close(fd);
  rmSync(path, { force: true });
  return undefined;
}

function openLink(path: string): number | undefined {
  const fd = shim().strait_open_pinned(cString(path));
  return fd === ENOENT ? undefined : check(fd, "open", `link pinned at ${path}`);
}

function linkInfo(fd: number): LinkInfo {
  const out = new Uint32Array(4);
  check(shim().strait_link_info(fd, out), "read the info of", "BPF link");
  const [type = 0, programId = 0, ifindex = 0, attachType = 0] = out;
  return { type, programId, ifindex, attachType };
}
