// SPDX-License-Identifier: Apache-2.0

/**
 * Asks again and again until the answer is not undefined or false, and returns it; throws with `what` after `limitMs`.
 *
 * @example
 * await waitFor("the namespace to be gone", async () => (await api.get(path)).status === 404);
 */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined | false>, limitMs = 60_000): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs / 1000} s for ${what}`);
    await Bun.sleep(20);
  }
}
