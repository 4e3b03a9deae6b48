// SPDX-License-Identifier: Apache-2.0
import { elapsed, sleep, systemTimers, type Timers } from "@strait/time";

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The machine's clock when absent. */
  readonly timers?: Timers;
}

/**
 * Looks until `look` gives a value, with growing pauses from 50 ms to one second; `undefined` means "not yet".
 *
 * @returns the value, or undefined after `timeoutMs`
 * @throws what `look` throws, and the signal's reason as soon as it is aborted, in a pause too
 * @example
 * const token = await waitUntil(() => tokenOf(secret), { timeoutMs: 30_000, signal });
 */
export async function waitUntil<T>(
  look: () => Promise<T | undefined>,
  { timeoutMs, signal, timers = systemTimers }: WaitOptions,
): Promise<T | undefined> {
  const end = elapsed(timers) + timeoutMs;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 1000)) {
    signal.throwIfAborted();
    const value = await look();
    if (value !== undefined) return value;
    if (elapsed(timers) + pause > end) return undefined;
    await sleep(timers, pause, signal);
  }
}
