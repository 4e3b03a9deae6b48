// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { Json } from "./json.ts";
import { mergePatch } from "./merge_patch.ts";

const table: [name: string, target: Json, patch: Json, result: Json][] = [
  ["a member is replaced", { a: "b" }, { a: "c" }, { a: "c" }],
  ["a member is added", { a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  ["null removes", { a: "b" }, { a: null }, {}],
  ["null removes nothing that is not there", { a: "b" }, { x: null }, { a: "b" }],
  ["a list is replaced whole", { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
  ["a list is replaced by text", { a: ["b"] }, { a: "c" }, { a: "c" }],
  ["objects merge deeply", { a: { b: 1, c: 2 } }, { a: { b: null, d: 3 } }, { a: { c: 2, d: 3 } }],
  ["objects inside a list are not merged", { a: [{ b: 1 }] }, { a: [{ c: 2 }] }, { a: [{ c: 2 }] }],
  ["nulls inside a list stay", { a: 1 }, { a: [null] }, { a: [null] }],
  ["a patch that is a list replaces the whole", { a: 1 }, [1], [1]],
  ["a patch that is null replaces the whole", { a: 1 }, null, null],
  ["text becomes an object without the patch's nulls", "text", { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  ["a null that stands in the target stays", { a: null }, { b: 1 }, { a: null, b: 1 }],
];

for (const [name, target, patch, result] of table) {
  test(`a merge patch: ${name}`, () => {
    const before = structuredClone({ target, patch });
    expect(mergePatch(target, patch)).toEqual(result);
    expect({ target, patch }).toEqual(before);
  });
}

test("a merge patch with __proto__ sets a member of that name and pollutes nothing", () => {
  const patched = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}') as Json);
  expect(JSON.stringify(patched)).toBe('{"__proto__":{"polluted":true}}');
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});
