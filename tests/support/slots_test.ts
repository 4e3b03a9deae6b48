// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Slots } from "./slots.ts";

test("Slots lets in as many at once as it has places, in the order in which they came", async () => {
  const slots = new Slots(2);
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const started: number[] = [];
  const all = ends.map(({ promise }, index) =>
    slots.with(0, () => {
      started.push(index);
      return promise;
    }),
  );
  expect(started).toEqual([0, 1]);
  ends[1]?.resolve();
  await all[1];
  expect(started).toEqual([0, 1, 2]);
  for (const end of ends) end.resolve();
  await Promise.all(all);
  expect(started).toEqual([0, 1, 2, 3]);
});

test("Slots gives the place of one that failed to the next", async () => {
  const slots = new Slots(1);
  const failing = slots.with(0, () => Promise.reject(new Error("no")));
  const next = slots.with(0, async () => "in");
  expect(failing).rejects.toThrow("no");
  expect(await next).toBe("in");
});

test("Slots lets those of a lower rank go first, whenever they came", async () => {
  const slots = new Slots(1);
  const order: number[] = [];
  await Promise.all([7, 2, 3, 2.5, 2].map((rank) => slots.with(rank, async () => order.push(rank))));
  expect(order).toEqual([7, 2, 2, 2.5, 3]);
});

test("Slots refuses to have no place at all", () => {
  for (const count of [0, -1, 1.5, Number.NaN]) expect(() => new Slots(count)).toThrow(RangeError);
});
