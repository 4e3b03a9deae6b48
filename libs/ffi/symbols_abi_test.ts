// SPDX-License-Identifier: Apache-2.0
// Pins how the Bun this repository runs on treats the border to C. First to run when Bun is upgraded: what changes here tells
// which assumption of libs/ffi to look at again.
import { dlopen } from "bun:ffi";
import { beforeAll, expect, test } from "bun:test";
import { describeIf, requires } from "@strait/testkit";
import { compileLibrary } from "./testing/compile.ts";

const widths = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"] as const;
const symbols = {
  ...(Object.fromEntries(widths.map((width) => [`echo_${width}`, { args: [width], returns: width }])) as any),
  text_length: { args: ["buffer"], returns: "u32" },
  nothing: { args: [], returns: "ptr" },
  sum: { args: ["buffer", "u32"], returns: "u64" },
  fill: { args: ["buffer", "u32", "u8"], returns: "void" },
};

describeIf(requires({ commands: ["gcc"] }))("bun:ffi", () => {
  let echo: any;

  beforeAll(() => {
    echo = dlopen(compileLibrary("echo"), symbols).symbols;
  });

  test.each(widths)("%s passes its limits unchanged", (width) => {
    for (const value of limits(width)) expect(BigInt(echo[`echo_${width}`](native(width, value)))).toBe(value);
  });

  test.each(widths)("%s wraps what is beyond its limits: no error", (width) => {
    const [low, high] = limits(width);
    expect(BigInt(echo[`echo_${width}`](native(width, high + 1n)))).toBe(low);
    expect(BigInt(echo[`echo_${width}`](native(width, low - 1n)))).toBe(high);
  });

  test.each(widths)("%s cuts fractions and takes NaN for 0: no error", (width) => {
    expect(Number(echo[`echo_${width}`](1.9))).toBe(1);
    expect(Number(echo[`echo_${width}`](Number.NaN))).toBe(0);
  });

  test.each(widths)("%s refuses a string", (width) => {
    expect(() => echo[`echo_${width}`]("7")).toThrow(TypeError);
  });

  test.each(["i64", "u64"])("%s gives back a bigint and takes a number", (width) => {
    expect(echo[`echo_${width}`](5)).toBe(5n);
  });

  test.each(widths.slice(0, 6))("%s takes undefined for 0: a missing argument is no error", (width) => {
    expect(echo[`echo_${width}`]()).toBe(0);
  });

  test("buffer refuses everything that is no view", () => {
    for (const value of [null, undefined, "text", 5, new ArrayBuffer(4)]) {
      expect(() => echo.text_length(value)).toThrow("must be a TypedArray or DataView");
    }
  });

  test("buffer passes a view at its offset", () => {
    expect(echo.sum(new Uint8Array([100, 1, 2]).subarray(1), 2)).toBe(3n);
    expect(echo.sum(new DataView(new Uint8Array([100, 1, 2]).buffer, 1), 2)).toBe(3n);
  });

  test("buffer strings end at their NUL", () => {
    expect(echo.text_length(new TextEncoder().encode("strait\0more"))).toBe(6);
  });

  test("ptr gives null for NULL", () => {
    expect(echo.nothing()).toBeNull();
  });

  test.each([1, 512, 1000, 4096])("buffer of %d bytes stays in place under garbage collection in a hot loop", (size) => {
    let wrong = 0;
    for (let round = 0; round < 2000; round++) {
      const bytes = new Uint8Array(size);
      echo.fill(bytes, size, round & 255);
      if (round % 200 === 0) Bun.gc(true);
      if (echo.sum(bytes, size) !== BigInt((round & 255) * size) || bytes[size - 1] !== (round & 255)) wrong++;
    }
    expect(wrong).toBe(0);
  });
});

function limits(width: (typeof widths)[number]): [low: bigint, high: bigint] {
  const bits = BigInt(width.slice(1));
  return width.startsWith("i") ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
}

function native(width: string, value: bigint): number | bigint {
  return width.endsWith("64") ? value : Number(value);
}
