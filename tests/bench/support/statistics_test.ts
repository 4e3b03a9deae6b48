// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { percentile, significant, summary } from "./statistics.ts";

test.each([
  ["one value", [5], { median: 5, low: 5, high: 5 }],
  ["an odd number in any order", [9, 1, 5], { median: 5, low: 1, high: 9 }],
  ["an even number: between the middle two", [10, 1, 3, 2], { median: 2.5, low: 1, high: 10 }],
  ["numbers that sort otherwise as text", [100, 9, 20], { median: 20, low: 9, high: 100 }],
])("summary of %s", (_what, values, expected) => {
  expect(summary(values)).toEqual(expected);
});

test("summary leaves its argument as it was", () => {
  const values = [3, 1, 2];
  summary(values);
  expect(values).toEqual([3, 1, 2]);
});

test.each([[[]], [[1, Number.NaN]], [[Number.POSITIVE_INFINITY]]])("summary refuses %p", (values) => {
  expect(() => summary(values)).toThrow(RangeError);
});

test("significant keeps four digits of large and small numbers", () => {
  expect([significant(123_456), significant(0.031_415_9), significant(0)]).toEqual([123_500, 0.031_42, 0]);
});

test.each([
  [[5, 1, 9], 0.5, 5],
  [[1, 2, 3, 4], 0.5, 2],
  [[1, 2, 3, 4], 0.99, 4],
  [[7], 0, 7],
])("percentile of %p at %p is %p", (values, share, expected) => {
  expect(percentile(values, share)).toBe(expected);
});

test("percentile refuses no values", () => {
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});
