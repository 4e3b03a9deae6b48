// SPDX-License-Identifier: Apache-2.0
import type { Timers } from "../timers.ts";

/**
 * Time that passes only when told.
 *
 * @example
 * const timers = new FakeTimers();
 * await timers.advance(50); // runs what is due, in order, and lets promises settle after each
 */
export class FakeTimers implements Timers {
  #now = 0;
  #pending: { at: number; run: () => void }[] = [];

  /** Milliseconds that `now` is ahead of `elapsed`: somebody sets the clock. */
  skew = 0;

  now(): number {
    return this.#now + this.skew;
  }

  elapsed(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const entry = { at: this.#now + milliseconds, run };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== entry);
    };
  }

  /** Milliseconds until each pending timer, the next one first. */
  get waiting(): number[] {
    return this.#pending.map((entry) => entry.at - this.#now).sort((a, b) => a - b);
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (;;) {
      const next = this.#pending.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#pending = this.#pending.filter((entry) => entry !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets every promise that can settle do so: an immediate runs after all of them. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
