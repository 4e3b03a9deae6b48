// SPDX-License-Identifier: Apache-2.0

/** Time as a dependency: what waits or ages takes one of these, so that a test decides when time passes. */
export interface Timers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once after so many milliseconds. Returns what calls it off. */
  after(milliseconds: number, run: () => void): () => void;
}

/** The machine's clock. A pending timer does not keep the process alive: its server does. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
