// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { mergeApplied } from "./merge_applied.ts";

const schema = {
  schema: {
    type: "object",
    properties: {
      list: {
        type: "array",
        "x-kubernetes-list-type": "map" as const,
        "x-kubernetes-list-map-keys": ["n"],
        items: { type: "object", properties: { n: { type: "string" }, x: { type: "integer" } } },
      },
      set: { type: "array", "x-kubernetes-list-type": "set" as const, items: { type: "string" } },
      plain: { type: "array", items: { type: "string" } },
    },
  },
  definitions: {},
};

/** Order of a list after a merge, by the names of its items. */
const order: [live: string, applied: string, result: string][] = [
  ["ab", "c", "abc"],
  ["ab", "ca", "cab"],
  ["ab", "ba", "ba"],
  ["abc", "ca", "bca"],
  ["axb", "ab", "axb"],
  ["xay", "a", "xay"],
  ["", "ba", "ba"],
  ["abcd", "db", "acdb"],
];
for (const [live, applied, result] of order) {
  test(`mergeApplied keeps an order: ${live} with ${applied}`, () => {
    const items = (names: string) => [...names].map((n) => ({ n }));
    expect(mergeApplied({ list: items(live) }, { list: items(applied) }, schema)).toEqual({ list: items(result) });
    expect(mergeApplied({ set: [...live] }, { set: [...applied] }, schema)).toEqual({ set: [...result] });
  });
}

test("mergeApplied merges items and replaces plain lists", () => {
  const merged = mergeApplied({ list: [{ n: "a", x: 1 }], plain: ["a"] }, { list: [{ n: "a" }], plain: ["b"] }, schema);
  expect(merged).toEqual({ list: [{ n: "a", x: 1 }], plain: ["b"] });
});
