// SPDX-License-Identifier: Apache-2.0

/** Exit codes: done; the clusters say no, or something is not right there; the command line is wrong. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Ends a command with one sentence for the user and no stack. */
export class Failure extends Error {
  /** One of `EXIT`. */
  readonly code: number;

  constructor(message: string, code: number = EXIT.failed) {
    super(message);
    this.name = "Failure";
    this.code = code;
  }
}

/** The refused command line. Example: `throw usage("--nattport 0 is out of range: use 1 to 65535")`. */
export function usage(message: string): Failure {
  return new Failure(message, EXIT.usage);
}
