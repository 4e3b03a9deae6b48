// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { FieldSet, printPath } from "./field_set.ts";

const fieldsV1 = {
  "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
  "f:spec": { "f:containers": { 'k:{"name":"a"}': { ".": {}, "f:image": {} } }, "f:finalizers": { 'v:"x"': {} } },
};

test("FieldSet reads and writes fieldsV1", () => {
  expect(FieldSet.fromFieldsV1(fieldsV1).toFieldsV1()).toEqual(fieldsV1);
});

test("FieldSet tells members from their parents", () => {
  const set = FieldSet.fromFieldsV1(fieldsV1);
  const labels = ["f:metadata", "f:labels"];
  expect([set.has(labels), set.has([...labels, "f:app"]), set.has(["f:metadata"]), set.touches(["f:metadata"])]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect([set.has(["f:other"]), set.touches(["f:other"])]).toEqual([false, false]);
});

test("FieldSet.remove takes one path, or all below it, and forgets empty parents", () => {
  const set = FieldSet.fromFieldsV1(fieldsV1);
  set.remove(["f:metadata", "f:labels"]);
  expect(set.toFieldsV1()["f:metadata"]).toEqual({ "f:labels": { "f:app": {} } });
  set.remove(["f:metadata"], true);
  set.remove(["f:spec"], true);
  expect(set.isEmpty).toBe(true);
});

test("FieldSet has union, minus and equality", () => {
  const [a, b] = [FieldSet.fromFieldsV1({ "f:a": {}, "f:b": {} }), FieldSet.fromFieldsV1({ "f:b": {}, "f:c": {} })];
  expect(a.union(b).toFieldsV1()).toEqual({ "f:a": {}, "f:b": {}, "f:c": {} });
  expect(a.minus(b).toFieldsV1()).toEqual({ "f:a": {} });
  expect([a.equals(b), a.equals(a.union(a))]).toEqual([false, true]);
});

test("FieldSet leaves out what is no path", () => {
  expect(FieldSet.fromFieldsV1({ "x:a": {}, "f:b": "text", "k:notjson": {} }).toFieldsV1()).toEqual({});
  expect(FieldSet.fromFieldsV1(null).isEmpty).toBe(true);
});

test("printPath writes paths as messages show them", () => {
  expect(printPath(["f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name"])).toBe(
    '.spec.ports[port=80,protocol="TCP"].name',
  );
  expect(printPath(["f:metadata", "f:finalizers", 'v:"a"'])).toBe('.metadata.finalizers[="a"]');
});

test("FieldSet lists a level's own paths before those below", () => {
  const set = FieldSet.fromFieldsV1({ "f:a": { "f:z": {} }, "f:b": {}, "f:c": { ".": {}, "f:y": {} } });
  expect([...set.paths()].map(printPath)).toEqual([".b", ".c", ".a.z", ".c.y"]);
});
