// SPDX-License-Identifier: Apache-2.0
import type { BpfProgram } from "./bpf_program.ts";

/** Which packets of an interface: those that come in, or those that go out. */
export type Direction = "ingress" | "egress";

/** A program at an interface. `close()` gives up the handle; without a pin the attachment ends with it. */
export interface TcLink extends Disposable {
  readonly kind: "tcx" | "clsact";
  readonly ifindex: number;
  readonly direction: Direction;
  /** Id of the program attached now. */
  readonly programId: number;
  /** Puts another program in place of this one; every packet meets the old or the new one, none meets neither. */
  replace(program: BpfProgram): void;
  /** Takes the program off the interface, removes the pin and closes the handle. An interface that is gone is no error. */
  detach(): void;
  close(): void;
}

/** Where to attach what. */
export interface TcAttach {
  readonly program: BpfProgram;
  /** In the network namespace of this process. */
  readonly ifindex: number;
  readonly direction: Direction;
  /** Path on a bpffs by which the attachment outlives the process and is found again. clsact needs none and makes none. */
  readonly pinPath?: string;
  /** TCX where the kernel has it, by default. */
  readonly kind?: "tcx" | "clsact";
}

/** A program found at an interface. */
export interface AttachedProgram {
  readonly id: number;
  readonly name: string;
  readonly tag: string;
  readonly kind: "tcx" | "clsact";
}
