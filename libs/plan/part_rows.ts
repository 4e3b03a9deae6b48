// SPDX-License-Identifier: Apache-2.0
import {
  addRow,
  diff,
  emptyRows,
  keyOf,
  type MapName,
  type MutableRows,
  mapNames,
  type RowChanges,
  type RowOf,
  type Rows,
  sameRow,
} from "@strait/model";

/** A row that a part of the plan wants, with its key. */
export interface Claim {
  readonly map: MapName;
  readonly key: string;
  readonly row: RowOf[MapName];
  /** Gives way to every claim that is not. */
  readonly weak?: true;
}

/** Makes a claim. */
export function claim<M extends MapName>(map: M, row: RowOf[M]): Claim {
  return { map, key: keyOf(map, row), row };
}

/** Makes a claim that stands only while nobody else has one on that row. */
export function weakClaim<M extends MapName>(map: M, row: RowOf[M]): Claim {
  return { ...claim(map, row), weak: true };
}

/**
 * The rows of a plan, kept by the parts that want them (a node, a cluster, a pod's interface), so that a part can be planned
 * anew alone. Two parts may want a row of the same key: where the rows differ one of them is chosen by what they say (a weak claim
 * never), so that the outcome does not hang on who came first, and the other takes its place when the first is gone.
 *
 * @example
 * rows.set("node w1", [claim("hops", hop), claim("peers", peer)]);
 * rows.take(); // put: both
 */
export class PartRows {
  readonly rows: MutableRows = emptyRows();
  readonly #parts = new Map<string, readonly Claim[]>();
  /** Claims that another one of the same key stands before, by map and key. */
  readonly #behind = new Map<string, Claim[]>();
  /** Rows of weak claims. */
  readonly #weak = new WeakSet<RowOf[MapName]>();
  /** What stood under the keys that were touched since the last `take`. */
  #touched = new Map<string, Claim | { readonly map: MapName; readonly key: string; readonly row: undefined }>();
  #found: Rows | undefined;

  /** The maps hold these of our rows: the next `take` is against them. */
  found(owned: Rows): void {
    this.#found = owned;
  }

  /** Replaces what a part wants; nothing where there are no claims. */
  set(part: string, claims: readonly Claim[]): void {
    for (const old of this.#parts.get(part) ?? []) this.#drop(old);
    for (const fresh of claims) this.#add(fresh);
    if (claims.length > 0) this.#parts.set(part, claims);
    else this.#parts.delete(part);
  }

  /** What differs from the last `take`, or from what was found since. */
  take(): RowChanges {
    const changes = { put: emptyRows(), remove: emptyRows() };
    const found = this.#found;
    if (found) for (const map of mapNames) compare(map, this.rows, found, changes);
    else {
      for (const { map, key, row: before } of this.#touched.values()) {
        const now = this.#of(map).get(key);
        if (now === undefined && before !== undefined) addRow(changes.remove, map, before);
        else if (now !== undefined && !sameRow(now, before)) addRow(changes.put, map, now);
      }
    }
    this.#found = undefined;
    this.#touched = new Map();
    return changes;
  }

  #add(fresh: Claim): void {
    const { map, key, row } = fresh;
    if (fresh.weak) this.#weak.add(row);
    const rows = this.#of(map);
    const there = rows.get(key);
    if (there === undefined) {
      this.#touch(map, key, undefined);
      rows.set(key, row);
      return;
    }
    const wins = this.#precedes(row, there);
    const name = `${map} ${key}`;
    const behind = this.#behind.get(name) ?? [];
    this.#behind.set(name, behind);
    behind.push(wins ? { map, key, row: there } : fresh);
    if (!wins) return;
    this.#touch(map, key, there);
    rows.set(key, row);
  }

  #drop({ map, key, row }: Claim): void {
    const rows = this.#of(map);
    const name = `${map} ${key}`;
    const behind = this.#behind.get(name) ?? [];
    if (rows.get(key) !== row) {
      const at = behind.findIndex((other) => other.row === row);
      if (at >= 0) behind.splice(at, 1);
    } else {
      this.#touch(map, key, row);
      const next = behind.reduce<Claim | undefined>(
        (best, other) => (best && !this.#precedes(other.row, best.row) ? best : other),
        undefined,
      );
      if (next) {
        behind.splice(behind.indexOf(next), 1);
        rows.set(key, next.row);
      } else rows.delete(key);
    }
    if (behind.length === 0) this.#behind.delete(name);
  }

  /** An order over rows of one key that depends on nothing but them. */
  #precedes(a: RowOf[MapName], b: RowOf[MapName]): boolean {
    const [weak, other] = [this.#weak.has(a), this.#weak.has(b)];
    if (weak !== other) return other;
    return a !== b && !sameRow(a, b) && text(a) < text(b);
  }

  #touch(map: MapName, key: string, row: RowOf[MapName] | undefined): void {
    const name = `${map} ${key}`;
    if (this.#found === undefined && !this.#touched.has(name)) this.#touched.set(name, { map, key, row } as Claim);
  }

  #of(map: MapName): Map<string, RowOf[MapName]> {
    return this.rows[map] as Map<string, RowOf[MapName]>;
  }
}

function compare(map: MapName, rows: Rows, found: Rows, changes: { put: MutableRows; remove: MutableRows }): void {
  const [now, before] = [rows[map], found[map]] as ReadonlyMap<string, RowOf[MapName]>[];
  if (!now || !before) return;
  const { put, remove } = diff(now, before, sameRow);
  for (const row of put.values()) addRow(changes.put, map, row);
  for (const key of remove) addRow(changes.remove, map, before.get(key) as RowOf[MapName]);
}

function text(row: RowOf[MapName]): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
}
