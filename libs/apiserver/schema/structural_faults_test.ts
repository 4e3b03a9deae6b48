// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { Json } from "../patch/json.ts";
import { structuralFaults } from "./structural_faults.ts";

const root = (properties: Json): Json => ({ type: "object", properties });
const text = { type: "string" };

const refused: [name: string, schema: Json, field: string, message: string][] = [
  ["no type at the root", { properties: {} }, "s.type", "Required value: must not be empty at the root"],
  ["a root that is a list", { type: "array", items: text }, "s.type", 'Invalid value: "array": must be object at the root'],
  [
    "an item without a type",
    root({ a: { type: "array", items: {} } }),
    "s.properties[a].items.type",
    "Required value: must not be empty for specified array items",
  ],
  ["a list without items", root({ a: { type: "array" } }), "s.properties[a].items", "Required value: must be specified"],
  ["a reference", root({ a: { $ref: "#/x", type: "object" } }), "s.properties[a].$ref", "Forbidden: $ref is not supported"],
  [
    "pattern properties",
    { type: "object", patternProperties: { a: text } },
    "s.patternProperties",
    "Forbidden: patternProperties is not supported",
  ],
  [
    "closed maps",
    { type: "object", additionalProperties: false },
    "s.additionalProperties",
    "Forbidden: additionalProperties cannot be set to false",
  ],
  [
    "properties and additionalProperties",
    { type: "object", properties: {}, additionalProperties: text },
    "s.additionalProperties",
    "Forbidden: additionalProperties and properties are mutual exclusive",
  ],
  [
    "a default in a branch",
    { type: "object", anyOf: [{ default: {} }] },
    "s.anyOf[0].default",
    "Forbidden: must be empty to be structural",
  ],
  [
    "a field that only a branch has",
    { type: "object", properties: {}, oneOf: [{ properties: { b: { minLength: 1 } } }] },
    "s.properties[b]",
    "Required value: because it is defined in s.oneOf[0].properties[b]",
  ],
  [
    "a list-map without keys",
    root({ a: { type: "array", "x-kubernetes-list-type": "map", items: { type: "object" } } }),
    "s.properties[a].x-kubernetes-list-map-keys",
    "Required value: must not be empty if x-kubernetes-list-type is map",
  ],
  [
    "a list-map by a key that may be absent",
    root({
      a: { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"], items: root({ k: text }) },
    }),
    "s.properties[a].items.properties[k].default",
    "Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
  ],
  [
    "a pattern that is none",
    root({ a: { type: "string", pattern: "(" } }),
    "s.properties[a].pattern",
    'Invalid value: "(": must be a valid regular expression',
  ],
];
for (const [name, schema, field, message] of refused) {
  test(`structuralFaults refuses ${name}`, () =>
    expect(structuralFaults(schema, "s")).toContainEqual(expect.objectContaining({ field, message })));
}

const fine: [name: string, schema: Json][] = [
  ["an object that says nothing", { type: "object" }],
  ["fields that keep everything", root({ a: { "x-kubernetes-preserve-unknown-fields": true } })],
  [
    "an int or string with its usual branches",
    root({ a: { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] } }),
  ],
  [
    "branches that narrow",
    { type: "object", properties: { a: text }, anyOf: [{ properties: { a: { pattern: "^x" } } }, { required: ["a"] }] },
  ],
  [
    "a list-map with a required key",
    root({
      a: {
        type: "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["k"],
        items: { type: "object", required: ["k"], properties: { k: text } },
      },
    }),
  ],
];
for (const [name, schema] of fine)
  test(`structuralFaults lets through ${name}`, () => expect(structuralFaults(schema)).toEqual([]));
