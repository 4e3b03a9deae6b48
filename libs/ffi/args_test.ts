// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { cString, fromCString, fromCStrings, positiveInt, scalarBytes, sized, u32 } from "./args.ts";

test("cString ends with a NUL and refuses one inside", () => {
  expect(cString("ab")).toEqual(new Uint8Array([97, 98, 0]));
  expect(cString("")).toEqual(new Uint8Array([0]));
  expect(() => cString("a\0b")).toThrow(TypeError);
});

test("fromCString stops at the first NUL, or at the end", () => {
  expect(fromCString(new Uint8Array([97, 0, 98]))).toBe("a");
  expect(fromCString(new Uint8Array([97, 98]))).toBe("ab");
});

test("fromCStrings takes names apart", () => {
  expect(fromCStrings(new TextEncoder().encode("a\0bc\0"))).toEqual(["a", "bc"]);
  expect(fromCStrings(new Uint8Array(0))).toEqual([]);
});

test.each([0, 1, 2 ** 32 - 1])("u32 passes %d on", (value) => {
  expect(u32(value, "x")).toBe(value);
});

test.each([-1, 2 ** 32, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("u32 refuses %d", (value) => {
  expect(() => u32(value, "mark")).toThrow(/^mark must be an integer/);
});

test.each([-1, 2 ** 31, 0.5])("positiveInt refuses %d", (value) => {
  expect(() => positiveInt(value, "ifindex")).toThrow(RangeError);
});

test("sized refuses any other length", () => {
  expect(sized(new Uint8Array(4), 4, "key")).toHaveLength(4);
  expect(() => sized(new Uint8Array(3), 4, "key")).toThrow("key must have 4 bytes, not 3");
});

test.each([
  [255, 1, false],
  [-128, 1, true],
  [65535, 2, false],
  [-(2 ** 31), 4, true],
  [2n ** 64n - 1n, 8, false],
  [-(2n ** 63n), 8, true],
])("scalarBytes keeps %p in %d bytes", (value, size, signed) => {
  const bytes = new Uint8Array(8);
  bytes.set(scalarBytes(value, size, signed, "x"));
  const wide = new BigUint64Array(bytes.buffer)[0] ?? 0n;
  expect(signed ? BigInt.asIntN(size * 8, wide) : wide).toBe(BigInt(value));
});

test.each([
  [256, 1, false],
  [-1, 1, false],
  [128, 1, true],
  [2n ** 64n, 8, false],
])("scalarBytes refuses %p in %d bytes", (value, size, signed) => {
  expect(() => scalarBytes(value, size, signed, "intra_port")).toThrow(/^intra_port must be from/);
});

test("scalarBytes refuses a fraction", () => {
  expect(() => scalarBytes(1.5, 4, false, "x")).toThrow(RangeError);
});
