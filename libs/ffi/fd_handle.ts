// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { cString } from "./args.ts";
import { Handle } from "./handle.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

/** A handle that is one file descriptor of our own. */
export abstract class FdHandle extends Handle {
  readonly #fd: number;

  constructor(kind: string, fd: number) {
    super(kind);
    this.#fd = fd;
  }

  /** The descriptor; it goes with this handle. TypeError after close. */
  get fd(): number {
    this.guard();
    return this.#fd;
  }

  protected release(): void {
    shim().strait_close(this.#fd);
  }
}

/** Pins a BPF object at a path on a bpffs, whose directories are made. */
export function pinFd(fd: number, path: string, what: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  check(shim().strait_pin(fd, cString(path)), "pin", `${what} at ${path}`);
}

/** The descriptor of what is pinned at a path; KernelError ENOENT if nothing is. */
export function openPinnedFd(path: string, what: string): number {
  return check(shim().strait_open_pinned(cString(path)), "open", `${what} pinned at ${path}`);
}
