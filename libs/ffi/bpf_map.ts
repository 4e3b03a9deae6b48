// SPDX-License-Identifier: Apache-2.0
import { positiveInt, sized, u32 } from "./args.ts";
import { FdHandle, openPinnedFd, pinFd } from "./fd_handle.ts";
import { check } from "./kernel_error.ts";
import { type MapInfo, mapInfo } from "./map_info.ts";
import { type ScanOptions, scan } from "./map_scan.ts";
import { shim } from "./symbols.ts";

const ENOENT = 2;

/** A key and its value, copies of the kernel's. */
export type MapEntry = readonly [key: Uint8Array, value: Uint8Array];

/** `enum bpf_map_type`: per-CPU hash, array, LRU hash and cgroup storage. */
const PER_CPU_TYPES: ReadonlySet<number> = new Set([5, 6, 10, 21]);

/** Which rows an update may write: any, only new ones, only present ones. */
export type UpdateMode = "any" | "create" | "replace";
const MODES: Record<UpdateMode, bigint> = { any: 0n, create: 1n, replace: 2n };

/**
 * A BPF map. Keys and values are bytes in the layout of the C structs (libs/codec knows it); a wrong length is a RangeError.
 *
 * @example
 * ```ts
 * using map = BpfMap.openPinned("/sys/fs/bpf/strait/v1/strait_hops");
 * for (const [key, value] of map.entries()) console.log(key, value);
 * ```
 */
export class BpfMap extends FdHandle {
  readonly #info: MapInfo;

  /** Takes over a descriptor, which is closed if it is no map. */
  constructor(fd: number) {
    super("BpfMap", positiveInt(fd, "map descriptor"));
    try {
      this.#info = mapInfo(fd);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** KernelError ENOENT if nothing is pinned there, EACCES or EPERM without the permission. */
  static openPinned(path: string): BpfMap {
    return new BpfMap(openPinnedFd(path, "map"));
  }

  static openById(id: number): BpfMap {
    return new BpfMap(check(shim().strait_map_by_id(u32(id, "map id")), "open", `map ${id}`));
  }

  /** What the kernel said when the handle was made; none of it changes in a map's life. */
  info(): MapInfo {
    return this.#info;
  }

  /** True if every CPU has a value of its own: use the `PerCpu` methods to read. */
  get perCpu(): boolean {
    return PER_CPU_TYPES.has(this.#info.type);
  }

  /** The value, or undefined if the key has no row. */
  lookup(key: Uint8Array): Uint8Array | undefined {
    this.#flat("lookupPerCpu");
    return this.#read(key, this.#info.valueSize);
  }

  /** One value per possible CPU; undefined if the key has no row. */
  lookupPerCpu(key: Uint8Array): Uint8Array[] | undefined {
    const raw = this.#read(key, this.#perCpuSize());
    return raw && this.#split(raw);
  }

  /** Writes a row. On a per-CPU map every CPU gets the same value. KernelError E2BIG: the map is full. */
  update(key: Uint8Array, value: Uint8Array, mode: UpdateMode = "any"): void {
    const [k, v] = [sized(key, this.#info.keySize, "key"), this.#stored(value)];
    check(shim().strait_map_update(this.fd, k, v, MODES[mode]), "update", this.#label());
  }

  /** Writes one value per possible CPU. */
  updatePerCpu(key: Uint8Array, values: readonly Uint8Array[]): void {
    const { keySize, valueSize } = this.#info;
    const all = new Uint8Array(this.#perCpuSize());
    if (values.length !== possibleCpus()) throw new RangeError(`${values.length} values are not one for each possible CPU`);
    for (const [cpu, value] of values.entries()) all.set(sized(value, valueSize, "value"), cpu * this.#step());
    check(shim().strait_map_update(this.fd, sized(key, keySize, "key"), all, MODES.any), "update", this.#label());
  }

  /** Removes a row; false if there was none. */
  delete(key: Uint8Array): boolean {
    const result = shim().strait_map_delete(this.fd, sized(key, this.#info.keySize, "key"));
    if (result === -ENOENT) return false;
    check(result, "delete from", this.#label());
    return true;
  }

  /** Writes many rows with few system calls. Not atomic: after an error some may be written. */
  updateBatch(rows: readonly MapEntry[]): void {
    if (rows.length === 0) return;
    const { keySize } = this.#info;
    const values = rows.map(([, value]) => this.#stored(value));
    const valueSize = this.#storedSize();
    const keys = concat(
      rows.map(([key]) => sized(key, keySize, "key")),
      keySize,
    );
    const many = concat(values, valueSize);
    check(shim().strait_map_update_many(this.fd, keys, many, rows.length, keySize, valueSize), "update", this.#label());
  }

  /** Removes many rows; keys without a row are passed over. Returns how many rows went. */
  deleteBatch(keys: readonly Uint8Array[]): number {
    if (keys.length === 0) return 0;
    const { keySize } = this.#info;
    const all = concat(
      keys.map((key) => sized(key, keySize, "key")),
      keySize,
    );
    return check(shim().strait_map_delete_many(this.fd, all, keys.length, keySize), "delete from", this.#label());
  }

  /**
   * All rows, each key once. Rows that come or go meanwhile may or may not be seen. Arrays yield every index, zero rows
   * included unless `written` asks for the others only. Reads in chunks, by BPF_MAP_LOOKUP_BATCH where the map type has it.
   *
   * @example
   * ```ts
   * for (const [key, value] of slots.entries({ written: true })) console.log(key, value);
   * ```
   */
  *entries(options?: ScanOptions): Generator<MapEntry> {
    this.#flat("entriesPerCpu");
    yield* scan(() => this.fd, this.#info, this.#info.valueSize, this.#label(), options);
  }

  /** {@linkcode BpfMap.entries} of a per-CPU map: one value per possible CPU. */
  *entriesPerCpu(options?: ScanOptions): Generator<readonly [key: Uint8Array, values: Uint8Array[]]> {
    const rows = scan(() => this.fd, this.#info, this.#perCpuSize(), this.#label(), options);
    for (const [key, raw] of rows) yield [key, this.#split(raw)];
  }

  /** {@linkcode BpfMap.entries} at once. */
  entriesBatch(): MapEntry[] {
    return [...this.entries()];
  }

  /** KernelError EEXIST if something is pinned there already. */
  pin(path: string): void {
    pinFd(this.fd, path, this.#label());
  }

  #read(key: Uint8Array, size: number): Uint8Array | undefined {
    const value = new Uint8Array(size);
    const result = shim().strait_map_lookup(this.fd, sized(key, this.#info.keySize, "key"), value);
    if (result === -ENOENT) return undefined;
    check(result, "look up in", this.#label());
    return value;
  }

  #label(): string {
    return `map ${this.#info.name}`;
  }

  #flat(instead: string): void {
    if (this.perCpu) throw new TypeError(`${this.#label()} has a value per CPU: use ${instead}`);
  }

  /** The kernel rounds each CPU's value up to 8 bytes. */
  #step(): number {
    return Math.ceil(this.#info.valueSize / 8) * 8;
  }

  #perCpuSize(): number {
    if (!this.perCpu) throw new TypeError(`${this.#label()} has one value for all CPUs`);
    return this.#step() * possibleCpus();
  }

  #storedSize(): number {
    return this.perCpu ? this.#perCpuSize() : this.#info.valueSize;
  }

  #stored(value: Uint8Array): Uint8Array {
    sized(value, this.#info.valueSize, "value");
    if (!this.perCpu) return value;
    const all = new Uint8Array(this.#perCpuSize());
    for (let at = 0; at < all.length; at += this.#step()) all.set(value, at);
    return all;
  }

  #split(raw: Uint8Array): Uint8Array[] {
    const step = this.#step();
    return Array.from({ length: raw.length / step }, (_, cpu) => raw.slice(cpu * step, cpu * step + this.#info.valueSize));
  }
}

/** How many values a per-CPU map holds per key: the CPUs that may ever come online. */
export function possibleCpus(): number {
  return check(shim().strait_cpus(), "count", "possible CPUs");
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(parts.length * size);
  parts.forEach((part, index) => {
    all.set(part, index * size);
  });
  return all;
}
