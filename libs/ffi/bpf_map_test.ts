// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { describeIf } from "@strait/testkit";
import { BpfMap, possibleCpus } from "./bpf_map.ts";
import { BpfObject } from "./bpf_object.ts";
import { openHandles, openHandlesByKind } from "./handle.ts";
import { compileBpf } from "./testing/compile.ts";
import { ownBpffs, toU32, toU64, u32Bytes, u64Bytes, unfit } from "./testing/place.ts";

const ROWS = 3000;

describeIf(unfit)("BpfMap", () => {
  let object: BpfObject;
  let handles = 0;

  beforeAll(() => {
    handles = openHandles();
    object = BpfObject.open(compileBpf("probe"), { maxEntries: { rows: ROWS, prefixes: ROWS } });
    object.load();
  });
  afterAll(() => {
    object.close();
    expect(openHandles(), JSON.stringify(openHandlesByKind())).toBe(handles);
  });

  const prefix = (n: number) => new Uint8Array([24, 0, 0, 0, 10, n >> 8, n & 255, 0]);
  const clear = (map: BpfMap) => map.deleteBatch(map.entriesBatch().map(([key]) => key));

  test("puts, finds, replaces and removes a row", () => {
    const map = object.map("rows");
    const key = u32Bytes(1);
    expect(map.lookup(key)).toBeUndefined();
    expect(map.delete(key)).toBe(false);
    map.update(key, u64Bytes(5n));
    expect(toU64(map.lookup(key))).toBe(5n);
    map.update(key, u64Bytes(6n), "replace");
    expect(toU64(map.lookup(key))).toBe(6n);
    expect(map.delete(key)).toBe(true);
    expect(map.lookup(key)).toBeUndefined();
  });

  test("refuses to create what is there and to replace what is not", () => {
    const map = object.map("rows");
    map.update(u32Bytes(1), u64Bytes(1n), "create");
    expect(() => map.update(u32Bytes(1), u64Bytes(1n), "create")).toThrow("EEXIST");
    expect(() => map.update(u32Bytes(2), u64Bytes(1n), "replace")).toThrow("ENOENT");
    clear(map);
  });

  test("refuses keys and values of a wrong length before the kernel reads beyond them", () => {
    const map = object.map("rows");
    expect(() => map.lookup(new Uint8Array(3))).toThrow("key must have 4 bytes");
    expect(() => map.update(u32Bytes(1), new Uint8Array(9))).toThrow("value must have 8 bytes");
    expect(() => map.updateBatch([[u32Bytes(1), new Uint8Array(7)]])).toThrow(RangeError);
    expect(() => map.deleteBatch([new Uint8Array(5)])).toThrow(RangeError);
  });

  test.each(["rows", "prefixes"])("%s takes, lists and drops many rows at once, each key once", (name) => {
    const map = object.map(name);
    const key = name === "rows" ? u32Bytes : prefix;
    const value = name === "rows" ? (n: number) => u64Bytes(BigInt(n)) : u32Bytes;
    map.updateBatch(Array.from({ length: ROWS }, (_, n) => [key(n), value(n)] as const));
    const found = map.entriesBatch();
    expect(found).toHaveLength(ROWS);
    expect(new Set(found.map(([k]) => k.toHex())).size).toBe(ROWS);
    for (const [k, v] of found) expect(v).toEqual(map.lookup(k) ?? new Uint8Array(0));
    expect(map.deleteBatch([key(0), key(1), key(ROWS + 5)])).toBe(2);
    expect(map.entriesBatch()).toHaveLength(ROWS - 2);
    expect(clear(map)).toBe(ROWS - 2);
    expect(map.entriesBatch()).toEqual([]);
  });

  test.each(["rows", "prefixes"])("%s lists no key twice while rows go in the middle of the walk", (name) => {
    const map = object.map(name);
    const key = name === "rows" ? u32Bytes : prefix;
    const value = name === "rows" ? (n: number) => u64Bytes(BigInt(n)) : u32Bytes;
    map.updateBatch(Array.from({ length: ROWS }, (_, n) => [key(n), value(n)] as const));
    const seen: string[] = [];
    for (const [k] of map.entries()) {
      seen.push(k.toHex());
      map.delete(k);
    }
    expect(new Set(seen).size).toBe(seen.length);
    clear(map);
  });

  test("says that it is full", () => {
    const map = object.map("rows");
    map.updateBatch(Array.from({ length: ROWS }, (_, n) => [u32Bytes(n), u64Bytes(0n)] as const));
    expect(() => map.update(u32Bytes(ROWS), u64Bytes(0n))).toThrow("E2BIG");
    clear(map);
  });

  test("lists every index of an array", () => {
    expect(object.map("config_seen").entriesBatch()).toHaveLength(8);
    expect(() => object.map("config_seen").update(u32Bytes(8), u64Bytes(0n))).toThrow("E2BIG");
  });

  test("leaves out rows that nobody wrote, of an array and of one with a value per CPU", () => {
    const map = object.map("config_seen");
    const rows = () => [...map.entries({ written: true })].map(([key]) => toU32(key));
    const before = rows();
    map.update(u32Bytes(7), u64Bytes(1n << 63n));
    expect(rows()).toEqual([...before.filter((row) => row !== 7), 7]);
    map.update(u32Bytes(7), u64Bytes(0n));
    expect(rows()).toEqual(before.filter((row) => row !== 7));
    const perCpu = object.map("per_cpu");
    perCpu.update(u32Bytes(2), u32Bytes(1));
    expect([...perCpu.entriesPerCpu({ written: true })].map(([key]) => toU32(key))).toContain(2);
    perCpu.update(u32Bytes(2), u32Bytes(0));
    expect([...perCpu.entriesPerCpu({ written: true })].map(([key]) => toU32(key))).not.toContain(2);
  });

  test("finds the longest prefix", () => {
    const map = object.map("prefixes");
    map.update(new Uint8Array([8, 0, 0, 0, 10, 0, 0, 0]), u32Bytes(8));
    map.update(new Uint8Array([16, 0, 0, 0, 10, 1, 0, 0]), u32Bytes(16));
    const look = (...bytes: number[]) => toU32(map.lookup(new Uint8Array([32, 0, 0, 0, ...bytes])));
    expect(look(10, 1, 2, 3)).toBe(16);
    expect(look(10, 2, 2, 3)).toBe(8);
    expect(look(11, 1, 2, 3)).toBeUndefined();
    clear(map);
  });

  test("has a value for each CPU where the map says so", () => {
    const map = object.map("per_cpu");
    expect(map.perCpu).toBe(true);
    map.update(u32Bytes(0), u32Bytes(5));
    expect(map.lookupPerCpu(u32Bytes(0))?.map(toU32)).toEqual(Array(possibleCpus()).fill(5));
    object.program("count").testRun({ data: new Uint8Array(60), repeat: 10 });
    const sum = (map.lookupPerCpu(u32Bytes(0)) ?? []).reduce((total, value) => total + (toU32(value) ?? 0), 0);
    expect(sum).toBe(5 * possibleCpus() + 10);
    map.updateBatch([
      [u32Bytes(0), u32Bytes(0)],
      [u32Bytes(3), u32Bytes(9)],
    ]);
    const all = [...map.entriesPerCpu()];
    expect(all.map(([key]) => toU32(key))).toEqual([0, 1, 2, 3]);
    expect(all.map(([, values]) => toU32(values[0]))).toEqual([0, 0, 0, 9]);
    expect(all.every(([, values]) => values.length === possibleCpus())).toBe(true);
  });

  test("refuses to read one value where each CPU has its own, and the other way round", () => {
    expect(() => object.map("per_cpu").lookup(u32Bytes(0))).toThrow("use lookupPerCpu");
    expect(() => object.map("per_cpu").entriesBatch()).toThrow("use entriesPerCpu");
    expect(() => object.map("rows").lookupPerCpu(u32Bytes(0))).toThrow("one value for all CPUs");
  });

  test("is found again by pin and by id", () => {
    using bpffs = ownBpffs();
    const path = join(bpffs.path, "sub", "rows");
    const map = object.map("rows");
    map.pin(path);
    expect(() => map.pin(path)).toThrow("EEXIST");
    using pinned = BpfMap.openPinned(path);
    using same = BpfMap.openById(map.info().id);
    expect([pinned.info(), same.info()]).toEqual([map.info(), map.info()]);
    expect(() => BpfMap.openPinned(join(bpffs.path, "nothing"))).toThrow("ENOENT");
  });

  test("refuses a descriptor that is no map, and closes it", () => {
    using bpffs = ownBpffs();
    const path = join(bpffs.path, "count");
    object.program("count").pin(path);
    const before = openHandles();
    expect(() => BpfMap.openPinned(path)).toThrow("EINVAL");
    expect(openHandles()).toBe(before);
  });
});
