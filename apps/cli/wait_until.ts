// SPDX-License-Identifier: Apache-2.0

/**
 * Looks until `look` gives a value, with growing pauses from 50 ms to one second; `undefined` means "not yet".
 *
 * @returns the value, or undefined after `timeoutMs`
 * @throws what `look` throws, and the signal's reason when aborted
 * @example
 * const token = await waitUntil(() => tokenOf(secret), { timeoutMs: 30_000, signal });
 */
export async function waitUntil<T>(
  look: () => Promise<T | undefined>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<T | undefined> {
  const end = performance.now() + timeoutMs;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 1000)) {
    signal.throwIfAborted();
    const value = await look();
    if (value !== undefined) return value;
    if (performance.now() + pause > end) return undefined;
    await Bun.sleep(pause);
  }
}
