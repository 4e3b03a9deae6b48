// SPDX-License-Identifier: Apache-2.0
import { cpus } from "node:os";

/**
 * Keeps every core from going to sleep until disposed, by a program on each that gives way to whatever else wants to run. In a
 * virtual machine waking a core costs more than a packet's whole way, and whether it is asleep depends on the host's load.
 *
 * @param rr path of the compiled rr.c
 * @example
 * await using _awake = keepAwake(rr);
 */
export function keepAwake(rr: string): AsyncDisposable {
  const spinners = cpus().map((_, cpu) =>
    Bun.spawn([rr, "spin", `${cpu}`], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }),
  );
  return {
    async [Symbol.asyncDispose]() {
      for (const child of spinners) child.kill("SIGKILL");
      await Promise.all(spinners.map((child) => child.exited));
    },
  };
}
