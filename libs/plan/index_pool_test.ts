// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Random } from "@strait/model/testing";
import { assignIndexes } from "./index_allocation.ts";
import { IndexPool } from "./index_pool.ts";

const names = (random: Random): string[] => random.shuffled([..."abcdefgh"]).slice(random.below(9));

test("an index pool gives what assignIndexes gives, at the first change and at every other, in a full range too", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    const range = { first: 1, last: 3 + random.below(8) };
    let present = new Map<number, string>();
    for (const name of names(random)) present.set(1 + random.below(range.last + 2), name);
    const pool = new IndexPool(range);
    pool.found(present);
    let wanted: string[] = [];
    for (let step = 0; step < 6; step++) {
      const next = names(random);
      pool.change(
        wanted.filter((name) => !next.includes(name)),
        next.filter((name) => !wanted.includes(name)),
      );
      const { indexes } = assignIndexes(next, present, range);
      const got = next.map((name) => [name, pool.indexOf(name)] as const);
      expect(got.filter(([, index]) => index !== undefined).sort()).toEqual([...indexes].sort() as never);
      wanted = next;
      present = new Map([...indexes].map(([name, index]) => [index, name]));
    }
  }
});

test("an index pool tells who got an index or was refused one, and nobody else", () => {
  const pool = new IndexPool({ first: 1, last: 2 });
  pool.found(new Map());
  expect([...pool.change([], ["a", "b", "c"])].sort()).toEqual(["a", "b", "c"]);
  expect(pool.indexOf("c")).toBeUndefined();
  expect([...pool.change([], [])]).toEqual([]);
  expect([...pool.change(["a"], [])]).toEqual(["c"]);
  expect([pool.indexOf("b"), pool.indexOf("c"), pool.indexOf("a")]).toEqual([2, 1, undefined]);
});

test("an index pool keeps the index of who leaves and comes in one change", () => {
  const pool = new IndexPool({ first: 5, last: 9 });
  pool.found(new Map());
  pool.change([], ["a", "b"]);
  expect([...pool.change(["b"], ["b"])]).toEqual([]);
  expect(pool.indexOf("b")).toBe(6);
});
