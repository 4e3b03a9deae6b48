// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { figure, figureTable, verdict } from "./figures.ts";

test("a figure is met where it is not above its target, and judged as it is shown", () => {
  expect(figure("x", 1.0004, "ms", 1)).toEqual({ name: "x", value: 1, unit: "ms", target: 1, met: true });
  expect(figure("x", 1.01, "ms", 1)).toMatchObject({ value: 1.01, met: false });
  expect(figure("x", 12345, "bytes")).toEqual({ name: "x", value: 12300, unit: "bytes" });
});

test("figures are told in lines, with how many targets are met", () => {
  const figures = [figure("a", 1, "ms", 2), figure("long", 3, "ms", 2), figure("b", 4, "rows")];
  expect(figureTable(figures)).toBe("a             1 ms  ✓ ≤2\nlong          3 ms  ✗ ≤2\nb             4 rows");
  expect(verdict(figures)).toBe("1 of 2 targets met");
});

test("a figure below zero shows nothing, so it meets no target", () => {
  expect(figure("one pod changes, CPU", -0.4, "ms", 1).met).toBe(false);
  expect(figure("rows", 0, "rows", 0).met).toBe(true);
});
