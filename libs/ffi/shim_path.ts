// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";

/**
 * Where the compiled shim is: `build/native/libstraitshim.so` under the repository's root. `STRAIT_BUILD` names another
 * build directory than `build`.
 *
 * @example
 * ```ts
 * shimPath({ STRAIT_BUILD: "/opt/strait" }); // "/opt/strait/native/libstraitshim.so"
 * ```
 */
export function shimPath(env: Record<string, string | undefined> = process.env): string {
  const build = env["STRAIT_BUILD"] ?? join(import.meta.dir, "..", "..", "build");
  return join(build, "native", "libstraitshim.so");
}
