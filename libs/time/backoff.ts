// SPDX-License-Identifier: Apache-2.0

/** How long a Backoff waits, in milliseconds. */
export interface BackoffOptions {
  /** After the first failure. 250 when absent. */
  readonly first?: number | undefined;
  /** At most. 30000 when absent. */
  readonly most?: number | undefined;
  /** Jitter: uniform in [0, 1). Math.random when absent. */
  readonly random?: (() => number) | undefined;
}

/**
 * Waits between retries: doubling up to a bound, each drawn between half and whole of that, so that many nodes that failed
 * together do not come back together.
 *
 * @example
 * const backoff = new Backoff();
 * backoff.next(); // 125 to 250
 * backoff.next(); // 250 to 500
 * backoff.reset();
 */
export class Backoff {
  readonly #first: number;
  readonly #most: number;
  readonly #random: () => number;
  #failures = 0;

  constructor({ first = 250, most = 30_000, random = Math.random }: BackoffOptions = {}) {
    if (!(first > 0) || most < first) throw new RangeError(`a backoff goes up: from ${first} to ${most} ms is impossible`);
    this.#first = first;
    this.#most = most;
    this.#random = random;
  }

  /** Milliseconds to wait after one more failure. */
  next(): number {
    const whole = Math.min(this.#most, this.#first * 2 ** Math.min(this.#failures++, 30));
    return Math.round(whole * (0.5 + this.#random() / 2));
  }

  /** After a success. */
  reset(): void {
    this.#failures = 0;
  }
}
