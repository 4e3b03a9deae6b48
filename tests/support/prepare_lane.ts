// SPDX-License-Identifier: Apache-2.0
import type { Lane } from "./lanes.ts";

/**
 * Runs the scripts that build what a lane needs, one after the other, until one fails. What they print goes to stderr.
 *
 * @returns whether all of them succeeded; the lane's obstacle says what is missing otherwise
 */
export async function prepareLane({ prepare = [] }: Pick<Lane, "prepare">): Promise<boolean> {
  for (const script of prepare) {
    const child = Bun.spawn([process.execPath, "run", ...script], { stdin: "ignore", stdout: 2, stderr: "inherit" });
    if ((await child.exited) !== 0) return false;
  }
  return true;
}
