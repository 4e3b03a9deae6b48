// SPDX-License-Identifier: Apache-2.0

/** Bytes that each stage of a way has let through so far, by the stage's name, in the direction of the test. */
export type Carried = Readonly<Record<string, number>>;

/** A stage may count less than what arrived: it was read a moment before the last packets. */
const MARGIN = 0.9;

/**
 * Why a measurement does not count: a stage of its way did not carry what arrived at the far end. Undefined where every stage did.
 *
 * @param bytes payload that arrived between the two readings
 * @example
 * notCarried({ "w1 sent": 0 }, { "w1 sent": 10 }, 1000); // "w1 sent counted 10 of 1000 bytes"
 */
export function notCarried(before: Carried, after: Carried, bytes: number): string | undefined {
  const stages = Object.keys(after);
  if (stages.length === 0) return "this way counts nothing";
  for (const stage of stages) {
    const counted = (after[stage] ?? 0) - (before[stage] ?? 0);
    if (!(counted >= bytes * MARGIN)) return `${stage} counted ${counted} of ${bytes} bytes`;
  }
  return undefined;
}
