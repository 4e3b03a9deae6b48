// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { changedItems } from "./changed_items.ts";
import { Random } from "./testing/mod.ts";

test.each<[string, string, string, string]>([
  ["abc", "abc", "", ""],
  ["abc", "adc", "b", "d"],
  ["abc", "xabc", "", "x"],
  ["abc", "abcx", "", "x"],
  ["abc", "", "abc", ""],
  ["", "abc", "", "abc"],
  ["abc", "cab", "", ""],
  ["abcd", "dxba", "c", "x"],
])("changedItems from %p to %p: gone %p, come %p", (before, after, gone, come) => {
  const change = changedItems([...before], [...after]);
  expect([change.gone.join(""), change.come.join("")]).toEqual([gone, come]);
});

test("changedItems leads from any list to any other", () => {
  const random = new Random(1);
  for (let run = 0; run < 200; run++) {
    const all = Array.from({ length: 8 }, (_, i) => ({ i }));
    const [before, after] = [random.shuffled(all).slice(random.below(9)), random.shuffled(all).slice(random.below(9))];
    const { gone, come } = changedItems(before, after);
    expect(new Set([...before.filter((item) => !gone.includes(item)), ...come])).toEqual(new Set(after));
    expect(gone.every((item) => before.includes(item) && !after.includes(item))).toBe(true);
  }
});
