// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { mergePatch } from "./mod.ts";
import { mergeInto } from "./testing/merge_into.ts";

const cases: readonly [what: string, from: object, to: object, patch: object | undefined][] = [
  ["nothing where nothing differs", { a: { b: [1] } }, { a: { b: [1] } }, undefined],
  ["nothing for members that are undefined on both sides", { a: undefined }, {}, undefined],
  ["what is new and what changed", { a: 1 }, { a: 2, b: "x" }, { a: 2, b: "x" }],
  ["null for what goes away, or is undefined", { a: 1, b: 2 }, { b: undefined }, { a: null, b: null }],
  ["only the depth that differs", { s: { x: 1, y: { z: 1 } } }, { s: { x: 1, y: { z: 2 } } }, { s: { y: { z: 2 } } }],
  ["a whole list", { l: [1, 2] }, { l: [1] }, { l: [1] }],
  ["a map in place of a value, and the other way round", { a: 1, b: { c: 1 } }, { a: { c: 1 }, b: 1 }, { a: { c: 1 }, b: 1 }],
  ["an empty map that stays empty", { a: { b: 1 } }, { a: {} }, { a: { b: null } }],
];

for (const [what, from, to, patch] of cases) {
  test(`a merge patch has ${what}`, () => {
    expect(mergePatch(from, to)).toEqual(patch as Record<string, unknown>);
    if (patch) expect(mergeInto(from, patch)).toEqual(JSON.parse(JSON.stringify(to)));
  });
}
