// SPDX-License-Identifier: Apache-2.0
import type { BpfProgram } from "./bpf_program.ts";
import { Handle } from "./handle.ts";
import { check } from "./kernel_error.ts";
import { takeLog } from "./libbpf_log.ts";
import { shim } from "./symbols.ts";
import type { Direction, TcAttach, TcLink } from "./tc_link.ts";

/** The filter with this handle and priority is ours; native/tc.c uses the same numbers. */
export const CLSACT_HANDLE = 1;
export const CLSACT_PRIORITY = 1053;

const ENOENT = -2;
const EINVAL = -22;
const ENODEV = -19;
/** No such filter, no clsact qdisc to hold one, or no such interface any more. */
const NOTHING: ReadonlySet<number> = new Set([ENOENT, EINVAL, ENODEV]);

/** Id of the program in our filter, as a list of none or one. */
export function clsactQuery(ifindex: number, direction: Direction): number[] {
  const id = new Uint32Array(1);
  const code = shim().strait_clsact_query(ifindex, direction === "egress" ? 1 : 0, id);
  const log = takeLog();
  if (NOTHING.has(code)) return [];
  check(code, "query", `clsact ${direction} of interface ${ifindex}`, { log });
  return [...id];
}

/** Removes our filter; false if there was none. The clsact qdisc stays: others may use it. */
export function clsactDetach(ifindex: number, direction: Direction): boolean {
  const code = shim().strait_clsact_detach(ifindex, direction === "egress" ? 1 : 0);
  const log = takeLog();
  if (NOTHING.has(code)) return false;
  check(code, "detach", `clsact filter at ${direction} of interface ${ifindex}`, { log });
  return true;
}

/** An attachment by a clsact filter (cls_bpf, direct action), for kernels before 6.6. Made by `attachTc`. */
export class ClsactLink extends Handle implements TcLink {
  readonly kind = "clsact";
  readonly ifindex: number;
  readonly direction: Direction;
  readonly #stays: boolean;

  private constructor({ ifindex, direction, pinPath }: TcAttach) {
    super("TcLink");
    this.ifindex = ifindex;
    this.direction = direction;
    this.#stays = pinPath !== undefined;
  }

  static attach(options: TcAttach): ClsactLink {
    put(options.program, options.ifindex, options.direction, "attach");
    return new ClsactLink(options);
  }

  get programId(): number {
    this.guard();
    return clsactQuery(this.ifindex, this.direction)[0] ?? 0;
  }

  replace(program: BpfProgram): void {
    this.guard();
    put(program, this.ifindex, this.direction, "replace");
  }

  detach(): void {
    this.guard();
    clsactDetach(this.ifindex, this.direction);
    this.close();
  }

  /** A filter outlives its process by nature; without a pin path we end it here, as an unpinned TCX link would. */
  protected release(): void {
    if (!this.#stays) clsactDetach(this.ifindex, this.direction);
  }
}

function put(program: BpfProgram, ifindex: number, direction: Direction, verb: string): void {
  const code = shim().strait_clsact_attach(program.fd, ifindex, direction === "egress" ? 1 : 0);
  const log = takeLog();
  check(code, verb, `${program.info().name} at clsact ${direction} of interface ${ifindex}`, { log });
}
