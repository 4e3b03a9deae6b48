// SPDX-License-Identifier: Apache-2.0
import { Backoff } from "@strait/time";
import { ApiError } from "./api_error.ts";

/** Milliseconds at most until a watch is tried again, where the server does not ask for more. */
const MOST_MS = 15_000;

/**
 * How soon a watch that failed is tried again: ever more seldom, and not before the server asked for it. A server that says of a
 * version that it is gone is there again, so that what was waited for while it was away does not count; once until a watch works,
 * for one that says it again and again is asked ever more seldom.
 *
 * @example
 * await sleep(timers, pace.next(error), signal);
 */
export class WatchPace {
  readonly #backoff: Backoff;
  /** Whether the server said that the version is gone, and no watch has worked since. */
  #heard = false;

  /** @param random jitter, in [0, 1) */
  constructor(random: () => number) {
    this.#backoff = new Backoff({ most: MOST_MS, random });
  }

  works(): void {
    this.#backoff.reset();
    this.#heard = false;
  }

  /** The server said that the version is gone. */
  expired(): void {
    if (!this.#heard) this.#backoff.reset();
    this.#heard = true;
  }

  /** Milliseconds to wait after one more failure. */
  next(error: unknown): number {
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    return Math.max(this.#backoff.next(), asked);
  }
}
