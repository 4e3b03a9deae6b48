// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from "node:path";

/**
 * Where what is compiled lies: `STRAIT_BUILD`; else, for the compiled binary, the folder it lies in itself; else `build/` of the
 * repository.
 */
export function buildDir(env: Record<string, string | undefined> = process.env): string {
  // Sources inside a binary of `bun build --compile` have this made-up folder.
  const compiled = import.meta.dir.startsWith("/$bunfs");
  return env["STRAIT_BUILD"] ?? (compiled ? dirname(process.execPath) : join(import.meta.dir, "..", "..", "build"));
}

/**
 * Where the compiled shim is: `native/libstraitshim.so` in the build folder.
 *
 * @example
 * ```ts
 * shimPath({ STRAIT_BUILD: "/opt/strait" }); // "/opt/strait/native/libstraitshim.so"
 * ```
 */
export function shimPath(env: Record<string, string | undefined> = process.env): string {
  return join(buildDir(env), "native", "libstraitshim.so");
}
