// SPDX-License-Identifier: Apache-2.0

/** The middle of some runs and how far they lay apart. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median, and the least and the greatest as the spread: with a handful of rounds no other measure says more.
 *
 * @throws RangeError for no values, or where one is no number.
 * @example
 * summary([3, 1, 2]); // { median: 2, low: 1, high: 3 }
 */
export function summary(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError("a median needs at least one value");
  const sorted = [...values].sort((a, b) => a - b);
  if (!sorted.every(Number.isFinite)) throw new RangeError(`not a number among ${values.join(", ")}`);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const half = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
  return { median, low: at(0), high: at(sorted.length - 1) };
}

/** Rounds to a number of significant digits, so that result files can be read. */
export function significant(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}

/**
 * The value that a share of all does not exceed: one that occurred, never one between two.
 *
 * @throws RangeError for no values
 * @example
 * percentile([5, 1, 9], 0.5); // 5
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new RangeError("a percentile needs at least one value");
  return found;
}
