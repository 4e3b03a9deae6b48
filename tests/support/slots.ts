// SPDX-License-Identifier: Apache-2.0

interface Waiting {
  readonly rank: number;
  readonly enter: () => void;
}

/**
 * A number of places, given out by rank, the lowest first, and among equals in the order in which they were asked for.
 *
 * @example
 * ```ts
 * const slots = new Slots(2);
 * await Promise.all(jobs.map((job, index) => slots.with(index, () => run(job)))); // never more than two at once
 * ```
 */
export class Slots {
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`there must be at least one slot, not ${count}`);
    this.#free = count;
  }

  /** Runs `work` once there is a place for it, and gives the place back however it ends. */
  async with<T>(rank: number, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((enter) => this.#wait({ rank, enter }));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next.enter();
      else this.#free++;
    }
  }

  #wait(one: Waiting): void {
    const behind = this.#waiting.findIndex(({ rank }) => rank > one.rank);
    this.#waiting.splice(behind === -1 ? this.#waiting.length : behind, 0, one);
  }
}
