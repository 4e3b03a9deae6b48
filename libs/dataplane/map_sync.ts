// SPDX-License-Identifier: Apache-2.0
import { type RowCodec, rowCodecs } from "@strait/codec";
import type { BpfMap } from "@strait/ffi";
import {
  addRow,
  emptyRows,
  keyOf,
  type MapName,
  mapNames,
  type Problem,
  type RowChanges,
  type RowOf,
  type Rows,
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

/** From so many rows of a map on they are written together. */
const BATCH = 16;

/** After so many rows in sequence that cannot be written the rest is not tried: a map that is full stays full. */
const HOPELESS = 64;

/** Rows of one system call. */
const CHUNK = 4096;

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

  /** Writes the rows that are to be put, in the order of `mapNames`. */
  write({ put }: RowChanges, changes: Changes): void {
    for (const name of mapNames) this.#write(name, put[name], changes);
  }

  /** Removes the rows that are to be removed, in the reverse order. */
  remove({ remove }: RowChanges, changes: Changes): void {
    for (const name of [...mapNames].reverse()) this.#remove(name, remove[name], changes);
  }

  #write<M extends MapName>(name: M, put: ReadonlyMap<string, RowOf[M]>, changes: Changes): void {
    if (put.size === 0) return;
    const { encodeKey, encodeValue } = this.#codec(name);
    const map = this.#map(name);
    if (put.size >= BATCH && this.#writeMany(name, put, changes)) return;
    let [tried, lost] = [0, 0];
    for (const row of put.values()) {
      const before = changes.failures.length;
      attempt(changes, "writes", name, `${name} ${keyOf(name, row)}`, () => {
        map.update(encodeKey(row), encodeValue(row));
        return 1;
      });
      tried++;
      lost = changes.failures.length > before ? lost + 1 : 0;
      if (lost < HOPELESS || tried === put.size) continue;
      const reason = `${lost} rows after each other could not be written, ${put.size - tried} more were not tried: the map holds ${map.info().maxEntries} rows at most`;
      changes.failures.push({ object: `map ${name}`, reason });
      return;
    }
  }

  /** False where some could not be written: then each is written by itself, so that the bad ones can be named. */
  #writeMany<M extends MapName>(name: M, put: ReadonlyMap<string, RowOf[M]>, changes: Changes): boolean {
    const { encodeKey, encodeValue } = this.#codec(name);
    try {
      const rows = [...put.values()].map((row) => [encodeKey(row), encodeValue(row)] as const);
      for (let at = 0; at < rows.length; at += CHUNK) this.#map(name).updateBatch(rows.slice(at, at + CHUNK));
    } catch {
      return false;
    }
    changes.writes[name] = (changes.writes[name] ?? 0) + put.size;
    return true;
  }

  #remove<M extends MapName>(name: M, remove: ReadonlyMap<string, RowOf[M]>, changes: Changes): void {
    if (remove.size === 0) return;
    const { encodeKey, isArray, valueSize } = this.#codec(name);
    const map = this.#map(name);
    for (const [key, row] of remove) {
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
