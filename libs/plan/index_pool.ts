// SPDX-License-Identifier: Apache-2.0

/**
 * Indexes of identities, given out change by change with the rules of {@linkcode assignIndexes}: who stays keeps its index, a
 * newcomer takes the lowest that nobody holds, and one whose holder leaves in the same change only when no other is left.
 *
 * @example
 * const pool = new IndexPool({ first: 1, last: 256 });
 * pool.found(new Map([[2, "west"]]));
 * pool.change([], ["west", "north"]); // west 2, north 1
 */
export class IndexPool {
  readonly #range: { readonly first: number; readonly last: number };
  readonly #held = new Map<number, string>();
  readonly #indexes = new Map<string, number>();
  readonly #refused = new Set<string>();
  /** No index below is free. */
  #lowest: number;

  constructor(range: { readonly first: number; readonly last: number }) {
    this.#range = range;
    this.#lowest = range.first;
  }

  /** What the indexes stand for where the rows were read; whoever is not wanted by the next change leaves with it. */
  found(present: ReadonlyMap<number, string>): void {
    for (const [index, identity] of [...present].sort(([a], [b]) => a - b)) {
      if (index < this.#range.first || index > this.#range.last || this.#held.has(index)) continue;
      this.#held.set(index, this.#indexes.has(identity) ? "" : identity);
      if (!this.#indexes.has(identity)) this.#indexes.set(identity, index);
    }
    this.#unclaimed = new Set(this.#held.keys());
  }
  #unclaimed: Set<number> | undefined;

  /** Undefined where the range is full, or the identity is not wanted. */
  indexOf(identity: string): number | undefined {
    return this.#refused.has(identity) ? undefined : this.#indexes.get(identity);
  }

  /**
   * Some leave, others come; who does both stays.
   *
   * @returns the identities among the wanted that got an index or were refused one by this change
   */
  change(gone: Iterable<string>, come: Iterable<string>): Set<string> {
    const leaving = new Set(this.#unclaimed);
    this.#unclaimed = undefined;
    for (const identity of gone) {
      this.#refused.delete(identity);
      const index = this.#indexes.get(identity);
      if (index !== undefined) leaving.add(index);
    }
    const fresh = new Set<string>(this.#refused);
    for (const identity of come) {
      const index = this.#indexes.get(identity);
      if (index === undefined) fresh.add(identity);
      else leaving.delete(index);
    }
    const changed = new Set<string>();
    for (const identity of [...fresh].sort()) {
      const before = this.#refused.has(identity);
      const index = this.#free() ?? take(leaving);
      if (index === undefined) this.#refused.add(identity);
      else this.#hold(index, identity);
      if (!before || index !== undefined) changed.add(identity);
    }
    for (const index of leaving) this.#release(index);
    return changed;
  }

  #free(): number | undefined {
    while (this.#lowest <= this.#range.last && this.#held.has(this.#lowest)) this.#lowest++;
    return this.#lowest <= this.#range.last ? this.#lowest : undefined;
  }

  #hold(index: number, identity: string): void {
    this.#release(index);
    this.#refused.delete(identity);
    this.#held.set(index, identity);
    this.#indexes.set(identity, index);
  }

  #release(index: number): void {
    const identity = this.#held.get(index);
    if (identity !== undefined && this.#indexes.get(identity) === index) this.#indexes.delete(identity);
    this.#held.delete(index);
    this.#lowest = Math.min(this.#lowest, index);
  }
}

/** Takes the lowest out of the set. */
function take(indexes: Set<number>): number | undefined {
  if (indexes.size === 0) return undefined;
  const lowest = Math.min(...indexes);
  indexes.delete(lowest);
  return lowest;
}
