// SPDX-License-Identifier: Apache-2.0
import { patience } from "../../support/slow.ts";

/**
 * Looks again and again until `look` answers something that is neither undefined nor false, and returns that. Throws, with
 * what was waited for and the last look's own error, when patience is over.
 *
 * @example
 * await until("the second pod's row", async () => (await status(app)).pods.length === 2);
 */
export async function until<T>(what: string, look: () => T | Promise<T>, milliseconds = 60_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + patience(milliseconds);
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`waited in vain for ${what}: ${last instanceof Error ? last.message : last}`);
    await Bun.sleep(10);
  }
}
