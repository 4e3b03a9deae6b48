// SPDX-License-Identifier: Apache-2.0

/**
 * `./justw demo`: two clusters on this machine, Strait between them, every pair of pods tried. USAGE in flags.ts has the flags.
 *
 * @module
 */
import { findLeftovers, isLabId, labObstacle, nothingLeft, removeLab } from "../mod.ts";
import { type Flags, readFlags, USAGE } from "./flags.ts";
import { kubernetesDemo } from "./kubernetes_demo.ts";
import { standaloneDemo } from "./standalone_demo.ts";
import type { Verdict } from "./verdict.ts";

/** Exit code: 0 everything passed, 1 something did not, 2 the command line or the machine cannot be used. */
async function main(): Promise<number> {
  const flags = readFlags();
  if (flags === undefined) {
    console.error(USAGE);
    return 2;
  }
  const missing = labObstacle();
  if (missing !== undefined) {
    console.error(`demo: ${missing}; run ./justw demo as root, it installs what it needs`);
    return 2;
  }
  if (flags.down !== undefined) return down(flags.down);
  const verdict = await attempt(flags);
  if (flags.json) console.log(JSON.stringify(verdict));
  return verdict.ok ? 0 : 1;
}

async function attempt(flags: Flags): Promise<Verdict> {
  const say = flags.quiet ? () => {} : (text: string) => console.log(text);
  try {
    return await (flags.standalone ? standaloneDemo(flags, say) : kubernetesDemo(flags, say));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`demo: ${reason}`);
    return { reason, ok: false };
  }
}

function down(id: string): number {
  if (!isLabId(id) || nothingLeft(findLeftovers(id))) {
    console.error(`demo: there is no lab ${id}`);
    return 1;
  }
  const left = removeLab(id);
  if (nothingLeft(left)) return 0;
  console.error(`demo: could not remove all of lab ${id}: ${JSON.stringify(left)}`);
  return 1;
}

process.exit(await main());
