// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";

const names = new Map<number, string>(Object.entries(constants.errno).map(([name, value]) => [value, name]));
// Numbers of the kernel's own (include/linux/errno.h) that reach user space all the same.
names.set(517, "EPROBE_DEFER").set(524, "ENOTSUPP");

/** What else is known about a failure. */
export interface KernelErrorOptions {
  /** One line of the kernel's own words, such as netlink's extended-ack text; becomes part of the message. */
  readonly detail?: string;
  /** The whole log of libbpf and the verifier. */
  readonly log?: string;
  readonly cause?: unknown;
}

/**
 * The kernel refused. The message reads "cannot VERB OBJECT: ERRNO (text)".
 *
 * @example
 * ```ts
 * throw new KernelError("attach", "strait_pod at eth0 ingress", 19); // cannot attach strait_pod at eth0 ingress: ENODEV (no such device)
 * ```
 */
export class KernelError extends Error {
  override readonly name = "KernelError";
  /** What was tried: "load", "attach". */
  readonly verb: string;
  /** With what: "map strait_hops". */
  readonly object: string;
  /** Positive error number. */
  readonly errno: number;
  /** "ENODEV"; "errno 999" where the number has no name. */
  readonly errnoName: string;
  /** The kernel's own words, where it gave some. */
  readonly detail: string | undefined;
  /** What libbpf and the verifier said, whole. */
  readonly log: string | undefined;

  constructor(verb: string, object: string, errno: number, options: KernelErrorOptions = {}) {
    const number = Math.abs(errno);
    const name = names.get(number) ?? `errno ${number}`;
    const text = options.detail ?? getSystemErrorMap().get(-number)?.[1];
    super(
      `cannot ${verb} ${object}: ${name}${text ? ` (${text})` : ""}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.verb = verb;
    this.object = object;
    this.errno = number;
    this.errnoName = name;
    this.detail = options.detail;
    this.log = options.log;
  }
}

/** Passes a count or descriptor on; turns -errno into a {@linkcode KernelError}. */
export function check(result: number, verb: string, object: string, options: KernelErrorOptions = {}): number {
  if (result < 0) throw new KernelError(verb, object, -result, options);
  return result;
}
