// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { olderThan, watchSeconds } from "./watch_times.ts";

test("a watch usually lasts five to ten minutes, drawn", () => {
  expect(watchSeconds(90_000, 0)).toBe(300);
  expect(watchSeconds(90_000, 0.9999)).toBe(599);
});

test("a watch ends before short patience does, and lasts a second at least", () => {
  expect([60_000, 10_000, 4000, 1000, 100].map((patience) => watchSeconds(patience, 0.5))).toEqual([45, 7, 3, 1, 1]);
});

test("versions are compared as numbers of any length, and not at all where they are none", () => {
  expect(olderThan("9", "10")).toBe(true);
  expect(olderThan("10", "9")).toBe(false);
  expect(olderThan("7", "7")).toBe(false);
  expect(olderThan("99999999999999999998", "99999999999999999999")).toBe(true);
  expect(olderThan("a", "b")).toBe(false);
  expect(olderThan("", "5")).toBe(false);
});
