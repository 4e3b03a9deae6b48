// SPDX-License-Identifier: Apache-2.0
/**
 * Loads every program of `build/bpf` and prints, as JSON, how many instructions the verifier of the running kernel walked for each.
 *
 * @module
 */
import { release } from "node:os";
import { join } from "node:path";
import { BpfObject } from "@strait/ffi";
import type { Measurement } from "../verifier_table.ts";

const folder = "build/bpf";
const programs: Record<string, number> = {};
for (const file of [...new Bun.Glob("*.o").scanSync(folder)].sort()) {
  using object = BpfObject.open(join(folder, file));
  object.load();
  for (const name of object.programNames) programs[`${file} ${name}`] = object.program(name).info().verifiedInstructions;
}
console.log(JSON.stringify({ release: release(), programs } satisfies Measurement));
