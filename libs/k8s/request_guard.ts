// SPDX-License-Identifier: Apache-2.0
import type { Timers } from "@strait/time";

/** The signal of one request: ends with its clock, its caller or its client, and lets go of them when it is over. */
export class RequestGuard {
  readonly timeoutMs: number;
  readonly #controller = new AbortController();
  readonly #release: (() => void)[] = [];
  readonly #cancelClock: () => void;
  expired = false;

  constructor(timers: Timers, timeoutMs: number, signals: readonly (AbortSignal | undefined)[]) {
    this.timeoutMs = timeoutMs;
    this.#cancelClock = timers.after(timeoutMs, () => {
      this.expired = true;
      this.#controller.abort();
    });
    for (const signal of signals) {
      if (!signal) continue;
      const abort = () => this.#controller.abort(signal.reason);
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
      this.#release.push(() => signal.removeEventListener("abort", abort));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stopClock(): void {
    this.#cancelClock();
  }

  release(): void {
    this.#cancelClock();
    for (const release of this.#release.splice(0)) release();
  }

  abort(): void {
    this.release();
    this.#controller.abort();
  }
}
