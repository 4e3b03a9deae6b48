// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { must } from "@strait/model";
import { isObject, type Json } from "../patch/json.ts";
import { StructuralSchema } from "../schema/structural_schema.ts";
import { openApiV2, openApiV3, openApiV3Index } from "./open_api.ts";
import type { ServedType } from "./served_type.ts";

const pod = StructuralSchema.ofBuiltin({ group: "", version: "v1", kind: "Pod" });
const custom = must(
  StructuralSchema.ofCustom({
    type: "object",
    properties: {
      spec: { type: "object", properties: { $ref: { type: "string" }, port: { "x-kubernetes-int-or-string": true } } },
    },
  }),
);
if (pod === undefined) throw new TypeError("no Pod");
const types: ServedType[] = [
  {
    group: "",
    version: "v1",
    kind: "Pod",
    plural: "pods",
    namespaced: true,
    subresources: ["status"],
    builtIn: true,
    schema: pod.rooted,
  },
  {
    group: "x.example.com",
    version: "v1",
    kind: "Car",
    plural: "cars",
    namespaced: false,
    subresources: [],
    builtIn: false,
    schema: custom.rooted,
  },
];

/** All references of a document. */
function refs(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(refs);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => (name === "$ref" && typeof one === "string" ? [one] : refs(one)));
}

function at(value: Json | undefined, ...names: string[]): Json | undefined {
  return names.reduce<Json | undefined>((one, name) => (isObject(one) ? one[name] : undefined), value);
}

for (const [name, document, holder] of [
  ["openApiV2", openApiV2(types), ["definitions"]],
  ["openApiV3", openApiV3(types), ["components", "schemas"]],
] as const) {
  test(`${name} has every schema that it refers to`, () => {
    const known = at(document, ...holder);
    const targets = refs(document).map((ref) => ref.slice(`#/${holder.join("/")}/`.length));
    expect(targets.length).toBeGreaterThan(50);
    expect(targets.filter((target) => !isObject(known) || known[target] === undefined)).toEqual([]);
  });

  test(`${name} names kinds where kubectl looks for them`, () => {
    const schemas = at(document, ...holder);
    expect(at(schemas, "io.k8s.api.core.v1.Pod", "x-kubernetes-group-version-kind")).toEqual([
      { group: "", version: "v1", kind: "Pod" },
    ]);
    expect(at(schemas, "com.example.x.v1.Car", "x-kubernetes-group-version-kind")).toEqual([
      { group: "x.example.com", version: "v1", kind: "Car" },
    ]);
    expect(at(schemas, "com.example.x.v1.Car", "properties", "spec", "properties", "$ref")).toEqual({ type: "string" });
  });

  test(`${name} says that a PATCH knows fieldValidation`, () => {
    const patch = at(document, "paths", "/apis/x.example.com/v1/cars/{name}", "patch");
    expect(at(patch, "x-kubernetes-group-version-kind")).toEqual({ group: "x.example.com", version: "v1", kind: "Car" });
    expect(at(patch, "parameters")).toContainEqual(expect.objectContaining({ name: "fieldValidation" }));
  });
}

test("openApiV3 offers strategic merge patches of built-in kinds only", () => {
  const media = (path: string) =>
    Object.keys((at(openApiV3(types), "paths", path, "patch", "requestBody", "content") ?? {}) as object);
  expect(media("/api/v1/namespaces/{namespace}/pods/{name}")).toContain("application/strategic-merge-patch+json");
  expect(media("/apis/x.example.com/v1/cars/{name}")).not.toContain("application/strategic-merge-patch+json");
});

test("openApiV3Index leads to a document for each group version", () => {
  expect(openApiV3Index(types, (path) => `H${path.length}`)).toEqual({
    paths: {
      "api/v1": { serverRelativeURL: "/openapi/v3/api/v1?hash=H6" },
      "apis/x.example.com/v1": { serverRelativeURL: "/openapi/v3/apis/x.example.com/v1?hash=H21" },
    },
  });
});
