// SPDX-License-Identifier: Apache-2.0

/** What turns `actual` into `desired`: rows to write, keys to remove, and how many stay as they are. */
export interface Delta<K, T> {
  readonly put: ReadonlyMap<K, T>;
  readonly remove: ReadonlySet<K>;
  readonly kept: number;
}

/**
 * Compares keyed rows. Pure; the work is linear, the answer is proportional to what changed. `put` keeps the order of
 * `desired`, `remove` that of `actual`.
 *
 * @example
 * diff(new Map([["a", 1]]), new Map([["a", 2], ["b", 3]]), Object.is) // put {a: 1}, remove {b}, kept 0
 */
export function diff<K, T>(desired: ReadonlyMap<K, T>, actual: ReadonlyMap<K, T>, same: (a: T, b: T) => boolean): Delta<K, T> {
  const put = new Map<K, T>();
  let kept = 0;
  for (const [key, row] of desired) {
    const present = actual.get(key);
    if (present !== undefined && same(row, present)) kept++;
    else put.set(key, row);
  }
  const remove = new Set<K>();
  for (const key of actual.keys()) if (!desired.has(key)) remove.add(key);
  return { put, remove, kept };
}
