// SPDX-License-Identifier: Apache-2.0
import { type RowCodec, rowCodecs } from "@strait/codec";
import type { BpfMap } from "@strait/ffi";
import {
  addRow,
  diff,
  emptyRows,
  keyOf,
  type MapName,
  mapNames,
  type Problem,
  type RowOf,
  type Rows,
  sameRow,
} from "@strait/model";

/** What one pass changed, by kind of object. */
export interface Changes {
  readonly writes: Record<string, number>;
  readonly removes: Record<string, number>;
  readonly failures: Problem[];
}

/** No changes yet. */
export function noChanges(): Changes {
  return { writes: {}, removes: {}, failures: [] };
}

/** Runs one change; what the kernel refuses is noted and keeps nothing else from being done. */
export function attempt(
  changes: Changes,
  kind: "writes" | "removes",
  what: string,
  object: string,
  act: () => number | undefined,
): void {
  try {
    const count = act() ?? 1;
    if (count > 0) changes[kind][what] = (changes[kind][what] ?? 0) + count;
  } catch (error) {
    changes.failures.push({ object, reason: error instanceof Error ? error.message : String(error) });
  }
}

/** The maps the control plane writes, by short name. */
export class RowMaps {
  readonly #maps: ReadonlyMap<string, BpfMap>;

  /** @throws TypeError where a map is missing. */
  constructor(maps: ReadonlyMap<string, BpfMap>) {
    this.#maps = maps;
    for (const name of mapNames) this.#map(name);
  }

  /** All rows the maps hold now. Rows that nobody of this layout wrote are left out. */
  read(): Rows {
    const rows = emptyRows();
    const readMap = <M extends MapName>(name: M): void => {
      const codec = this.#codec(name);
      // Free rows of an array are zero, and nearly all rows are free.
      for (const [key, value] of this.#map(name).entries({ written: codec.isArray })) {
        const row = codec.decode(key, value);
        if (row) addRow(rows, name, row);
      }
    };
    for (const name of mapNames) readMap(name);
    return rows;
  }

  /** Writes what `desired` has and `owned` lacks, in the order of `mapNames`. */
  write(desired: Rows, owned: Rows, changes: Changes): void {
    for (const name of mapNames) this.#write(name, desired[name], owned[name], changes);
  }

  /** Removes what `owned` has and `desired` lacks, in the reverse order. */
  remove(desired: Rows, owned: Rows, changes: Changes): void {
    for (const name of [...mapNames].reverse()) this.#remove(name, desired[name], owned[name], changes);
  }

  #write<M extends MapName>(
    name: M,
    desired: ReadonlyMap<string, RowOf[M]>,
    owned: ReadonlyMap<string, RowOf[M]>,
    changes: Changes,
  ): void {
    const { encodeKey, encodeValue } = this.#codec(name);
    const map = this.#map(name);
    for (const row of diff(desired, owned, sameRow).put.values()) {
      attempt(changes, "writes", name, `${name} ${keyOf(name, row)}`, () => {
        map.update(encodeKey(row), encodeValue(row));
        return 1;
      });
    }
  }

  #remove<M extends MapName>(
    name: M,
    desired: ReadonlyMap<string, RowOf[M]>,
    owned: ReadonlyMap<string, RowOf[M]>,
    changes: Changes,
  ): void {
    const { encodeKey, isArray, valueSize } = this.#codec(name);
    const map = this.#map(name);
    for (const key of diff(desired, owned, sameRow).remove) {
      const row = owned.get(key);
      if (!row) continue;
      attempt(changes, "removes", name, `${name} ${key}`, () => {
        if (isArray) map.update(encodeKey(row), new Uint8Array(valueSize));
        else map.delete(encodeKey(row));
        return 1;
      });
    }
  }

  #codec<M extends MapName>(name: M): RowCodec<RowOf[M]> {
    return rowCodecs[name] as RowCodec<RowOf[M]>;
  }

  #map(name: MapName): BpfMap {
    const map = this.#maps.get(rowCodecs[name].map);
    if (!map) throw new TypeError(`map ${rowCodecs[name].map} is missing`);
    return map;
  }
}
