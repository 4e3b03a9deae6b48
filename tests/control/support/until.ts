// SPDX-License-Identifier: Apache-2.0

/** What a look must find for the wait to be over. */
type Found<T> = Exclude<T, undefined | null | false>;

/**
 * Looks again and again until `look` answers something that is neither undefined, null nor false, and returns that. Throws, with
 * what was waited for and the last look's own error, when `milliseconds` are over (60000 when absent: the machine may be busy).
 *
 * @example
 * await until("the second gateway", async () => (await gateways()).length === 2);
 */
export async function until<T>(what: string, look: () => T | Promise<T>, milliseconds = 60_000): Promise<Found<T>> {
  const deadline = performance.now() + milliseconds;
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) return seen as Found<T>;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`waited in vain for ${what}: ${last instanceof Error ? last.message : last}`);
    await Bun.sleep(10);
  }
}
