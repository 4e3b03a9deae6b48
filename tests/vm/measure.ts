// SPDX-License-Identifier: Apache-2.0
/**
 * The verifier's work on two kernels: the guest's and the host's.
 *
 * @module
 */
import type { Vm } from "./boot.ts";
import { type RunResult, run } from "./run.ts";
import { PROJECT } from "./setup.ts";
import type { Measurement } from "./verifier_table.ts";

const SCRIPT = ["run", "tests/vm/guest/measure_programs.ts"];

/** Loads every program in the guest. Throws with the verifier's words if the guest's kernel takes one of them not. */
export async function measureGuest(vm: Vm): Promise<Measurement> {
  return lastLine<Measurement>(await vm.run(["bun", ...SCRIPT]));
}

/** The same on this machine; needs root. */
export async function measureHost(): Promise<Measurement> {
  return lastLine<Measurement>(await run([process.execPath, ...SCRIPT], { cwd: PROJECT }));
}

/**
 * The last line of a script's output, read as JSON.
 *
 * @throws Error with what the script complained of if it did not end well
 */
export function lastLine<T>(ended: RunResult): T {
  if (ended.exit !== 0) throw new Error(`exit status ${ended.exit}: ${ended.stderr.trim()}`);
  return JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "") as T;
}
