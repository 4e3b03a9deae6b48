// SPDX-License-Identifier: Apache-2.0
import { buildProgram } from "./build_program.ts";

/** Compiles rr.c where it is newer than its program; returns the program's path. */
export function buildRr(): Promise<string> {
  return buildProgram("rr");
}
