// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { inParallel } from "./in_parallel.ts";

test("inParallel works on so many at a time and no more, and answers in order", async () => {
  let [now, most] = [0, 0];
  const work = async (item: number) => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    return item * 10;
  };
  expect(await Promise.all(inParallel([1, 2, 3, 4, 5], 2, work))).toEqual([10, 20, 30, 40, 50]);
  expect(most).toBe(2);
});

test("inParallel goes on behind an item that fails", async () => {
  const seen: number[] = [];
  const work = async (item: number) => {
    seen.push(item);
    if (item === 2) throw new Error("the second");
  };
  const [first, second, third] = inParallel([1, 2, 3], 1, work);
  await first;
  await third;
  await expect(second).rejects.toThrow("the second");
  expect(seen).toEqual([1, 2, 3]);
});
