// SPDX-License-Identifier: Apache-2.0

/**
 * A number of places, given out in the order in which they were asked for.
 *
 * @example
 * ```ts
 * const slots = new Slots(2);
 * await Promise.all(jobs.map((job) => slots.with(() => run(job)))); // never more than two at once
 * ```
 */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`there must be at least one slot, not ${count}`);
    this.#free = count;
  }

  /** Runs `work` once there is a place for it, and gives the place back however it ends. */
  async with<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
