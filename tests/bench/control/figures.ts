// SPDX-License-Identifier: Apache-2.0

/** One measured number, and what it should be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At most this; absent where it is told for information. */
  readonly target?: number;
  readonly met?: boolean;
}

/**
 * A figure, rounded to three digits; with a target it is met where it is not above. A cost below zero is one that was lost in what
 * idling takes, which is taken off: nothing was shown, so nothing is met.
 */
export function figure(name: string, value: number, unit: string, target?: number): Figure {
  const rounded = Number(value.toPrecision(3));
  return target === undefined
    ? { name, value: rounded, unit }
    : { name, value: rounded, unit, target, met: rounded >= 0 && rounded <= target };
}

/** The figures as lines for people. */
export function figureTable(figures: readonly Figure[]): string {
  const width = Math.max(0, ...figures.map(({ name }) => name.length));
  return figures
    .map(({ name, value, unit, target, met }) => {
      const aim = target === undefined ? "" : `  ${met ? "✓" : "✗"} ≤${target}`;
      return `${name.padEnd(width)}  ${String(value).padStart(9)} ${unit}${aim}`;
    })
    .join("\n");
}

/** How many targets there are and how many are met. */
export function verdict(figures: readonly Figure[]): string {
  const aimed = figures.filter(({ met }) => met !== undefined);
  return `${aimed.filter(({ met }) => met).length} of ${aimed.length} targets met`;
}
