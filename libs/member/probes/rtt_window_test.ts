// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { RttWindow } from "./rtt_window.ts";

test("a window without samples has no summary", () => {
  expect(new RttWindow().summary()).toBeUndefined();
});

test("a window tells last, least, mean, greatest and the deviation of the population", () => {
  const window = new RttWindow();
  for (const sample of [2, 4, 4, 4, 5, 5, 7, 9]) window.add(sample);
  expect(window.summary()).toEqual({ last: 9, min: 2, average: 5, max: 9, stdDev: 2 });
});

test("a window forgets the oldest samples, not the newest", () => {
  const window = new RttWindow(3);
  for (const sample of [100, 1, 2, 3]) window.add(sample);
  expect(window.summary()).toMatchObject({ last: 3, min: 1, max: 3, average: 2 });
});
