// SPDX-License-Identifier: Apache-2.0

/** Round-trip times of the samples in a window, all in milliseconds. */
export interface RttSummary {
  readonly last: number;
  readonly min: number;
  readonly average: number;
  readonly max: number;
  /** Of the window as a whole population, as Submariner computes it. */
  readonly stdDev: number;
}

/** How many samples count (Submariner: 1000). */
export const RTT_SAMPLES = 1000;

/**
 * The last so many round-trip times. Adding one costs the same however many there are; a summary looks at all of them.
 *
 * @example
 * const window = new RttWindow();
 * window.add(1.2);
 * window.summary() // {last: 1.2, min: 1.2, average: 1.2, max: 1.2, stdDev: 0}
 */
export class RttWindow {
  readonly #size: number;
  readonly #samples: number[] = [];
  #added = 0;

  constructor(size = RTT_SAMPLES) {
    this.#size = size;
  }

  /** Adds a time in milliseconds; the oldest one goes where the window is full. */
  add(milliseconds: number): void {
    this.#samples[this.#added++ % this.#size] = milliseconds;
  }

  /** Undefined while there is no sample. */
  summary(): RttSummary | undefined {
    const last = this.#samples[(this.#added - 1) % this.#size];
    if (last === undefined) return undefined;
    let [min, max, sum] = [last, last, 0];
    for (const sample of this.#samples) {
      min = Math.min(min, sample);
      max = Math.max(max, sample);
      sum += sample;
    }
    const average = sum / this.#samples.length;
    const squares = this.#samples.reduce((total, sample) => total + (sample - average) ** 2, 0);
    return { last, min, average, max, stdDev: Math.sqrt(squares / this.#samples.length) };
  }
}
