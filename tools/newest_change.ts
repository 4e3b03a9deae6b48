// SPDX-License-Identifier: Apache-2.0
/**
 * When any of the files that match was last changed, in ms since the epoch; 0 where none matches.
 *
 * @example
 * ```ts
 * const stale = (await newestChange(["bpf/*.h"])) > (await newestChange(["build/bpf/encap.o"]));
 * ```
 */
import { stat } from "node:fs/promises";

export async function newestChange(globs: readonly string[]): Promise<number> {
  let newest = 0;
  for (const glob of globs) {
    for await (const path of new Bun.Glob(glob).scan(".")) newest = Math.max(newest, (await stat(path)).mtimeMs);
  }
  return newest;
}
