// SPDX-License-Identifier: Apache-2.0

/** Time as a dependency: what waits or ages takes one of these, so that a test decides when time passes. */
export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Calls `run` once after so many milliseconds. Returns what calls it off. With `keepAlive` the process does not end before; a
   * promise that is waited for is no such reason, Bun only spins until it settles.
   */
  after(milliseconds: number, run: () => void, keepAlive?: boolean): () => void;
  /** Milliseconds since some fixed moment, untouched when somebody sets the machine's clock; `now` stands in where it is absent. */
  elapsed?(): number;
}

/** About 25 days. JavaScript takes a longer wait for one of a millisecond. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's clock. A pending timer does not keep the process alive, unless it is asked to: its server does. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(milliseconds, run, keepAlive = false) {
    const timer = setTimeout(run, Math.min(milliseconds, LONGEST_MS));
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Milliseconds of a clock that nobody sets, for durations. */
export function elapsed(timers: Timers): number {
  return timers.elapsed?.() ?? timers.now();
}

/**
 * Waits, and keeps the process alive meanwhile. Ends early, without an error, when the signal is aborted: the caller looks at the signal next anyway.
 *
 * @example
 * await sleep(timers, backoff.next(), signal);
 */
export function sleep(timers: Timers, milliseconds: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted) return Promise.resolve();
  const cancel = timers.after(milliseconds, resolve, true);
  const wake = () => resolve();
  signal?.addEventListener("abort", wake, { once: true });
  return promise.finally(() => {
    cancel();
    signal?.removeEventListener("abort", wake);
  });
}
