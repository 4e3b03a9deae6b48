// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { must } from "@strait/model";
import type { Json, JsonObject } from "../patch/json.ts";
import { hasCelRules, StructuralSchema, strictDecodingError } from "./structural_schema.ts";

const spec = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: "object",
  properties: { spec: { type: "object", properties, ...more } },
});
const withList: Json = {
  type: "object",
  properties: { spec: { type: "object", properties: { list: { type: "array", items: { type: "string" } } } } },
};
const of = (schema: Json) => must(StructuralSchema.ofCustom(schema));
const faults = (schema: Json, object: JsonObject) => of(schema).validate(object);

type Row = [name: string, field: JsonObject, value: Json, message: string | undefined, reason?: string];
const table: Row[] = [
  ["a text", { type: "string" }, "x", undefined],
  [
    "a number for a text",
    { type: "string" },
    1,
    'Invalid value: "integer": spec.y in body must be of type string: "integer"',
    "FieldValueTypeInvalid",
  ],
  [
    "null that may not be",
    { type: "string" },
    null,
    'Invalid value: "null": spec.y in body must be of type string: "null"',
    "FieldValueTypeInvalid",
  ],
  ["null that may be", { type: "string", nullable: true }, null, undefined],
  ["null with an enum that may be null", { type: "string", nullable: true, enum: ["a"] }, null, undefined],
  [
    "a fraction for an integer",
    { type: "integer" },
    1.5,
    'Invalid value: "number": spec.y in body must be of type integer: "number"',
    "FieldValueTypeInvalid",
  ],
  [
    "an enum",
    { type: "string", enum: ["a", "b"] },
    "c",
    'Unsupported value: "c": supported values: "a", "b"',
    "FieldValueNotSupported",
  ],
  [
    "a pattern",
    { type: "string", pattern: "^a+$" },
    "b",
    `Invalid value: "b": spec.y in body should match '^a+$'`,
    "FieldValueInvalid",
  ],
  [
    "minLength",
    { type: "string", minLength: 1 },
    "",
    'Invalid value: "": spec.y in body should be at least 1 chars long',
    "FieldValueInvalid",
  ],
  ["maxLength", { type: "string", maxLength: 2 }, "abc", "Too long: may not be more than 2 bytes", "FieldValueTooLong"],
  [
    "minimum",
    { type: "integer", minimum: 1 },
    0,
    "Invalid value: 0: spec.y in body should be greater than or equal to 1",
    "FieldValueInvalid",
  ],
  [
    "maximum",
    { type: "integer", maximum: 20 },
    21,
    "Invalid value: 21: spec.y in body should be less than or equal to 20",
    "FieldValueInvalid",
  ],
  [
    "an exclusive maximum",
    { type: "integer", maximum: 2, exclusiveMaximum: true },
    2,
    "Invalid value: 2: spec.y in body should be less than 2",
    "FieldValueInvalid",
  ],
  [
    "maxItems",
    { type: "array", maxItems: 1, items: { type: "string" } },
    ["a", "b"],
    "Too many: 2: must have at most 1 items",
    "FieldValueTooMany",
  ],
  [
    "minItems",
    { type: "array", minItems: 1, items: { type: "string" } },
    [],
    "Invalid value: []: spec.y in body should have at least 1 items",
    "FieldValueInvalid",
  ],
  ["an int or string", { "x-kubernetes-int-or-string": true }, "50%", undefined],
  [
    "neither int nor string",
    { "x-kubernetes-int-or-string": true },
    true,
    'Invalid value: "boolean": spec.y in body must be of type integer,string: "boolean"',
    "FieldValueTypeInvalid",
  ],
  ["a date-time", { type: "string", format: "date-time" }, "2026-11-21T12:00:00Z", undefined],
  [
    "no date-time",
    { type: "string", format: "date-time" },
    "noon",
    'Invalid value: "noon": spec.y in body must be of type date-time: "noon"',
    "FieldValueInvalid",
  ],
  ["an unknown format", { type: "string", format: "colour" }, "x", undefined],
  ["a CIDR of IPv6", { type: "string", format: "cidr" }, "fd00::/8", undefined],
  [
    "anyOf",
    { type: "string", anyOf: [{ pattern: "^a" }, { pattern: "^b" }] },
    "c",
    'Invalid value: "c": spec.y in body must validate at least one schema (anyOf)',
    "FieldValueInvalid",
  ],
  [
    "oneOf",
    { type: "string", oneOf: [{ pattern: "a" }, { pattern: "b" }] },
    "ab",
    'Invalid value: "ab": spec.y in body must validate one and only one schema (oneOf)',
    "FieldValueInvalid",
  ],
  [
    "not",
    { type: "string", not: { pattern: "a" } },
    "a",
    'Invalid value: "a": spec.y in body must not validate the schema (not)',
    "FieldValueInvalid",
  ],
];
for (const [name, field, value, message, reason] of table) {
  test(`StructuralSchema.validate: ${name}`, () => {
    const found = faults(spec({ y: field }), { spec: { y: value } });
    expect(found).toEqual(message === undefined ? [] : [{ field: "spec.y", message, reason: reason ?? "" }]);
  });
}

test("StructuralSchema.validate names every required field that is missing", () => {
  const schema = spec(
    { cluster_id: { type: "string" }, subnets: { type: "array", items: { type: "string" } } },
    { required: ["cluster_id", "subnets"] },
  );
  expect(faults(schema, { spec: {} })).toEqual([
    { field: "spec.cluster_id", message: "Required value", reason: "FieldValueRequired" },
    { field: "spec.subnets", message: "Required value", reason: "FieldValueRequired" },
  ]);
});

test("StructuralSchema.validate names items of lists by index", () => {
  const schema = spec({ list: { type: "array", items: { type: "object", properties: { a: { type: "integer" } } } } });
  expect(faults(schema, { spec: { list: [{ a: 1 }, { a: "x" }] } })[0]?.field).toBe("spec.list[1].a");
});

test("StructuralSchema.validate refuses items that are twice in a list-map or a set", () => {
  const item = { type: "object", required: ["type"], properties: { type: { type: "string" } } };
  const lists = spec({
    maps: { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"], items: item },
    set: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
  });
  expect(faults(lists, { spec: { maps: [{ type: "a" }, { type: "b" }, { type: "a" }], set: ["x", "x"] } })).toEqual([
    { field: "spec.maps[2]", message: 'Duplicate value: {"type":"a"}', reason: "FieldValueDuplicate" },
    { field: "spec.set[1]", message: 'Duplicate value: "x"', reason: "FieldValueDuplicate" },
  ]);
});

test("StructuralSchema.prune takes out what is unknown, and says where", () => {
  const schema = of(
    spec({ a: { type: "string" }, list: { type: "array", items: { type: "object", properties: { b: { type: "string" } } } } }),
  );
  const pruned = schema.prune({
    apiVersion: "x/v1",
    kind: "X",
    metadata: { name: "n", color: "red" },
    spec: { a: "1", c: 2, list: [{ b: "1", d: 2 }] },
    extra: 1,
  });
  expect(pruned.object).toEqual({ apiVersion: "x/v1", kind: "X", metadata: { name: "n" }, spec: { a: "1", list: [{ b: "1" }] } });
  expect(pruned.unknown).toEqual(["metadata.color", "spec.c", "spec.list[0].d", "extra"]);
});

test("StructuralSchema.prune keeps what a schema says to preserve, maps of names, and embedded resources", () => {
  const schema = of(
    spec({
      free: {
        type: "object",
        "x-kubernetes-preserve-unknown-fields": true,
        properties: { known: { type: "object", properties: {} } },
      },
      map: { type: "object", additionalProperties: { type: "string" } },
      pod: { type: "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true },
    }),
  );
  const object = {
    spec: {
      free: { x: { y: 1 }, known: { z: 1 } },
      map: { a: "1" },
      pod: { apiVersion: "v1", kind: "Pod", metadata: { name: "p", bad: 1 }, spec: {} },
    },
  };
  expect(schema.prune(object)).toEqual({
    object: {
      spec: {
        free: { x: { y: 1 }, known: {} },
        map: { a: "1" },
        pod: { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: {} },
      },
    },
    unknown: ["spec.free.known.z", "spec.pod.metadata.bad"],
  });
});

test("StructuralSchema.defaults fills what is absent, deep and in lists, and leaves the argument", () => {
  const schema = of(
    spec({
      n: { type: "integer", default: 1 },
      o: { type: "object", default: {}, properties: { x: { type: "string", default: "y" } } },
      list: { type: "array", items: { type: "object", properties: { p: { type: "string", default: "TCP" } } } },
      maybe: { type: "string", nullable: true, default: "z" },
      never: { type: "string", default: "z" },
    }),
  );
  const object = { spec: { list: [{}, { p: "UDP" }], maybe: null, never: null } };
  expect(schema.defaults(object)).toEqual({
    spec: { n: 1, o: { x: "y" }, list: [{ p: "TCP" }, { p: "UDP" }], maybe: null, never: "z" },
  });
  expect(object.spec.never).toBeNull();
});

test("StructuralSchema.defaults invents no parents", () => {
  expect(of(spec({ n: { type: "integer", default: 1 } })).defaults({})).toEqual({});
});

test("StructuralSchema.ofCustom takes the schema of a version without one", () => {
  expect(of({ type: "object", "x-kubernetes-preserve-unknown-fields": true }).validate({ spec: { x: 1 } })).toEqual([]);
});

test("StructuralSchema.ofCustom refuses what is not structural, with a sentence", () => {
  expect(StructuralSchema.ofCustom(spec({ y: {} }))).toEqual({
    ok: false,
    reason:
      "the schema is not structural: openAPIV3Schema.properties[spec].properties[y].type: Required value: must not be empty for specified object fields",
  });
});

test("StructuralSchema.ofBuiltin prunes and checks a Pod, and drops nulls", () => {
  const schema = StructuralSchema.ofBuiltin({ group: "", version: "v1", kind: "Pod" });
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", creationTimestamp: null },
    spec: { containers: [{ name: "a", imagee: "x" }] },
    status: {},
  };
  expect(schema?.prune(pod)).toEqual({
    object: { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [{ name: "a" }] }, status: {} },
    unknown: ["spec.containers[0].imagee"],
  });
  expect(schema?.validate({ spec: {} })).toEqual([
    { field: "spec.containers", message: "Required value", reason: "FieldValueRequired" },
  ]);
  expect(schema?.undecodable({ apiVersion: "v1", kind: "Pod", spec: { containers: "x" } })).toBe(
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into field spec.containers of type array',
  );
});

test("StructuralSchema.prune leaves out empty lists and maps where Kubernetes does, and keeps empty objects that say something", () => {
  const pod = StructuralSchema.ofBuiltin({ group: "", version: "v1", kind: "Pod" });
  const spec = { containers: [], tolerations: [], nodeSelector: {}, volumes: [{ name: "v", emptyDir: {} }], securityContext: {} };
  expect(pod?.prune({ metadata: { labels: {}, finalizers: [] }, spec }).object).toEqual({
    metadata: {},
    spec: { containers: [], volumes: [{ name: "v", emptyDir: {} }], securityContext: {} },
  });
  const custom = of(withList).prune({ metadata: { labels: {} }, spec: { list: [] } });
  expect(custom.object).toEqual({ metadata: {}, spec: { list: [] } });
});

test("strictDecodingError lists the unknown fields", () => {
  expect(strictDecodingError({ apiVersion: "submariner.io/v1", kind: "Endpoint" }, ["spec.a", "b"])).toBe(
    'Endpoint in version "v1" cannot be handled as a Endpoint: strict decoding error: unknown field "spec.a", unknown field "b"',
  );
});

test("hasCelRules finds rules at any depth", () => {
  expect(hasCelRules(spec({ y: { type: "string", "x-kubernetes-validations": [{ rule: "self != ''" }] } }))).toBe(true);
  expect(hasCelRules(spec({ y: { type: "string" } }))).toBe(false);
});
