// SPDX-License-Identifier: Apache-2.0

/** Which index every identity got, and who got none because the range is full. */
export interface Indexes {
  readonly indexes: ReadonlyMap<string, number>;
  readonly refused: readonly string[];
}

/**
 * Gives every wanted identity an index of its own in first..last. An identity that is present keeps its index, so a
 * restart changes nothing. A new one takes the lowest index nobody holds; one whose holder leaves is taken only when no
 * other is left, because rows that still name it would mean the newcomer while they are being removed.
 *
 * @param present what the indexes stand for now
 * @throws RangeError where an identity is wanted twice
 * @example
 * assignIndexes(["east", "west"], new Map([[2, "west"], [1, "north"]]), { first: 1, last: 3 }).indexes // west 2, east 3
 */
export function assignIndexes(
  wanted: readonly string[],
  present: ReadonlyMap<number, string>,
  range: { readonly first: number; readonly last: number },
): Indexes {
  if (new Set(wanted).size !== wanted.length) throw new RangeError("an identity is wanted twice");
  const want = new Set(wanted);
  const indexes = new Map<string, number>();
  const leaving: number[] = [];
  for (const [index, identity] of [...present].sort(([a], [b]) => a - b)) {
    if (index < range.first || index > range.last) continue;
    if (want.has(identity) && !indexes.has(identity)) indexes.set(identity, index);
    else leaving.push(index);
  }
  const refused: string[] = [];
  let next = range.first;
  for (const identity of [...want].sort()) {
    if (indexes.has(identity)) continue;
    while (next <= range.last && present.has(next)) next++;
    const index = next <= range.last ? next++ : leaving.shift();
    if (index === undefined) refused.push(identity);
    else indexes.set(identity, index);
  }
  return { indexes, refused };
}
