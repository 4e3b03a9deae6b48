// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { Random } from "@strait/model/testing";
import { assignIndexes } from "./index_allocation.ts";

const range = { first: 1, last: 12 };

describe("assignIndexes", () => {
  test("gives each its own index in the range, keeps those present, and refuses only what does not fit", () => {
    const random = new Random(1);
    for (let i = 0; i < 500; i++) {
      const names = (): string[] => random.shuffled("abcdefghijklmnop".split("")).slice(0, random.below(16));
      const first = assignIndexes(names(), new Map(), range);
      const present = new Map([...first.indexes].map(([id, index]) => [index, id]));
      const wanted = names();
      const { indexes, refused } = assignIndexes(wanted, present, range);
      expect(new Set(indexes.values()).size).toBe(indexes.size);
      for (const index of indexes.values()) expect(index >= range.first && index <= range.last).toBe(true);
      for (const [index, id] of present) if (indexes.has(id)) expect(indexes.get(id)).toBe(index);
      expect(indexes.size).toBe(Math.min(wanted.length, 12));
      expect([...indexes.keys(), ...refused].sort()).toEqual(wanted.toSorted());
      expect(assignIndexes(random.shuffled(wanted), present, range).indexes).toEqual(indexes);
    }
  });

  test("gives a leaver's index to a newcomer only when no other is free", () => {
    const present = new Map([[1, "gone"]]);
    expect(assignIndexes(["new"], present, { first: 1, last: 2 }).indexes.get("new")).toBe(2);
    expect(assignIndexes(["new"], present, { first: 1, last: 1 }).indexes.get("new")).toBe(1);
  });

  test("leaves alone what is present outside its range", () => {
    expect(assignIndexes(["x"], new Map([[99, "x"]]), range).indexes.get("x")).toBe(1);
  });

  test("refuses an identity that is wanted twice", () => {
    expect(() => assignIndexes(["x", "x"], new Map(), range)).toThrow(RangeError);
  });
});
