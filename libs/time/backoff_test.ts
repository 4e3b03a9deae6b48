// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Backoff } from "./backoff.ts";

test("a backoff doubles up to its bound and starts anew after a success", () => {
  const backoff = new Backoff({ first: 100, most: 1000, random: () => 0.999999 });
  expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});

test("a backoff draws between half and whole of its wait", () => {
  expect(new Backoff({ first: 100, random: () => 0 }).next()).toBe(50);
  const drawn = new Set(Array.from({ length: 50 }, () => new Backoff({ first: 1000 }).next()));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(500);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(1000);
  expect(drawn.size).toBeGreaterThan(1);
});

test("a backoff stays at its bound however often it fails", () => {
  const backoff = new Backoff({ random: () => 0 });
  for (let i = 0; i < 5000; i++) backoff.next();
  expect(backoff.next()).toBe(15_000);
});

test("a backoff refuses bounds that cannot be", () => {
  expect(() => new Backoff({ first: 0 })).toThrow(RangeError);
  expect(() => new Backoff({ first: 10, most: 5 })).toThrow(RangeError);
});
