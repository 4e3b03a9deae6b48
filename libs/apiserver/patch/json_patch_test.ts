// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { Json } from "./json.ts";
import { applyJsonPatch, mostOperations, parseJsonPatch } from "./json_patch.ts";

function patch(target: Json, operations: Json) {
  const parsed = parseJsonPatch(operations);
  return parsed.ok ? applyJsonPatch(target, parsed.value) : parsed;
}

const applied: [name: string, target: Json, operations: Json, result: Json][] = [
  ["add sets a member", { a: 1 }, [{ op: "add", path: "/b", value: 2 }], { a: 1, b: 2 }],
  ["add replaces a member", { a: 1 }, [{ op: "add", path: "/a", value: null }], { a: null }],
  ["add inserts into a list", [1, 3], [{ op: "add", path: "/1", value: 2 }], [1, 2, 3]],
  ["add at the end by index", [1], [{ op: "add", path: "/1", value: 2 }], [1, 2]],
  ["add appends with -", { l: [1] }, [{ op: "add", path: "/l/-", value: [2] }], { l: [1, [2]] }],
  ["add replaces the whole", { a: 1 }, [{ op: "add", path: "", value: [1] }], [1]],
  ["remove takes a member", { a: 1, b: 2 }, [{ op: "remove", path: "/a" }], { b: 2 }],
  ["remove takes a list item", [1, 2, 3], [{ op: "remove", path: "/0" }], [2, 3]],
  ["replace keeps the place in a list", [1, 2, 3], [{ op: "replace", path: "/1", value: "x" }], [1, "x", 3]],
  ["replace the whole", { a: 1 }, [{ op: "replace", path: "", value: { b: 1 } }], { b: 1 }],
  ["move a member", { a: { b: 1 }, c: {} }, [{ op: "move", from: "/a/b", path: "/c/d" }], { a: {}, c: { d: 1 } }],
  ["move within a list", [1, 2, 3], [{ op: "move", from: "/0", path: "/2" }], [2, 3, 1]],
  [
    "copy shares nothing",
    { a: { b: 1 } },
    [
      { op: "copy", from: "/a", path: "/c" },
      { op: "add", path: "/c/b", value: 2 },
    ],
    { a: { b: 1 }, c: { b: 2 } },
  ],
  [
    "test compares deeply",
    { a: { x: 1, y: [2] } },
    [{ op: "test", path: "/a", value: { y: [2], x: 1 } }],
    { a: { x: 1, y: [2] } },
  ],
  ["test null of an absent member", { a: 1 }, [{ op: "test", path: "/b", value: null }], { a: 1 }],
  [
    "escapes of the pointer",
    { "a/b": 1, "c~d": 2, "~1": 3 },
    [
      { op: "remove", path: "/a~1b" },
      { op: "remove", path: "/c~0d" },
    ],
    { "~1": 3 },
  ],
  ["~01 is ~1, not /", { "~1": 3, "/": 4 }, [{ op: "remove", path: "/~01" }], { "/": 4 }],
  ["an empty name is a name", { "": 1 }, [{ op: "replace", path: "/", value: 2 }], { "": 2 }],
  ["no operation", { a: 1 }, [], { a: 1 }],
];

for (const [name, target, operations, result] of applied) {
  test(`a JSON patch: ${name}`, () => {
    const before = structuredClone(target);
    expect(patch(target, operations)).toEqual({ ok: true, value: result });
    expect(target).toEqual(before);
  });
}

const refused: [name: string, target: Json, operations: Json, reason: string][] = [
  ["no list", {}, { op: "add" }, "a JSON patch is a list of operations"],
  [
    "an unknown op",
    {},
    [{ op: "spam", path: "/a" }],
    'operation 0: op "spam" is not one of add, remove, replace, move, copy, test',
  ],
  ["no path", {}, [{ op: "remove" }], "operation 0 (remove) has no path"],
  ["no value", {}, [{ op: "add", path: "/a" }], "operation 0 (add) has no value"],
  ["no from", {}, [{ op: "move", path: "/a" }], "operation 0 (move) has no from"],
  [
    "too many operations",
    {},
    Array(mostOperations + 1).fill({ op: "remove", path: "/a" }),
    "The allowed maximum operations in a JSON patch is 10000, got 10001",
  ],
  [
    "a test that fails",
    { a: 1 },
    [{ op: "test", path: "/a", value: "1" }],
    "test operation does not apply: testing value /a failed",
  ],
  ["a missing parent", {}, [{ op: "add", path: "/a/b", value: 1 }], "add operation does not apply: missing path /a/b"],
  [
    "remove of what is not there",
    {},
    [{ op: "remove", path: "/a" }],
    "remove operation does not apply: Unable to remove nonexistent key: a: missing value",
  ],
  [
    "replace of what is not there",
    {},
    [{ op: "replace", path: "/a", value: 1 }],
    "replace operation does not apply: Unable to remove nonexistent key: a: missing value",
  ],
  [
    "an index beyond the end",
    [1],
    [{ op: "add", path: "/2", value: 1 }],
    "add operation does not apply: index 2 is outside of a list of 1",
  ],
  [
    "an index with a leading zero",
    [1, 2],
    [{ op: "remove", path: "/01" }],
    'remove operation does not apply: "01" is no index of a list',
  ],
  ["a negative index", [1, 2], [{ op: "remove", path: "/-1" }], 'remove operation does not apply: "-1" is no index of a list'],
  ["- when reading", [1], [{ op: "test", path: "/-", value: 1 }], 'test operation does not apply: "-" is no index of a list'],
  [
    "a path without /",
    { a: 1 },
    [{ op: "remove", path: "a" }],
    'remove operation does not apply: the path "a" does not start with /',
  ],
  [
    "a move into itself",
    { a: { b: 1 } },
    [{ op: "move", from: "/a", path: "/a/b/c" }],
    "move operation does not apply: /a cannot be moved into itself",
  ],
  [
    "removal of the whole",
    { a: 1 },
    [{ op: "remove", path: "" }],
    "remove operation does not apply: the whole object cannot be removed",
  ],
  [
    "inherited names are not there",
    {},
    [{ op: "test", path: "/constructor", value: 1 }],
    "test operation does not apply: missing path /constructor",
  ],
];

for (const [name, target, operations, reason] of refused) {
  test(`a JSON patch is refused: ${name}`, () => expect(patch(target, operations)).toEqual({ ok: false, reason }));
}

test("a JSON patch does all operations or none", () => {
  const target = { a: 1 };
  expect(
    patch(target, [
      { op: "add", path: "/b", value: 2 },
      { op: "test", path: "/a", value: 2 },
    ]).ok,
  ).toBe(false);
  expect(target).toEqual({ a: 1 });
});

test("a JSON patch whose copies grow without end is refused", () => {
  const doubling = Array.from({ length: 30 }, (_, index) => ({ op: "copy", from: "/a", path: `/a/${index}` }));
  expect(patch({ a: { x: "0123456789" } }, doubling)).toEqual({
    ok: false,
    reason: "the copies of the patch add more than 3145728 characters",
  });
});
