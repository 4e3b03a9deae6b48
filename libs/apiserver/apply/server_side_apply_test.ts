// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { isObject, type JsonObject } from "../patch/json.ts";
import { builtinSchema } from "../schema/builtin_schema.ts";
import type { RootedSchema } from "../schema/json_schema.ts";
import { serverSideApply } from "./server_side_apply.ts";
import { trackUpdate } from "./track_update.ts";

const now = new Date("2026-11-21T12:00:00.900Z");
const later = new Date("2026-11-21T13:00:00Z");

function schemaOf(group: string, kind: string): RootedSchema {
  const found = builtinSchema({ group, version: "v1", kind });
  if (found === undefined) throw new TypeError(kind);
  return found;
}
const maps = schemaOf("", "ConfigMap");
const pods = schemaOf("", "Pod");
const services = schemaOf("", "Service");

const configMap = (data: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "m", namespace: "default", ...more },
  data,
});

function apply(
  live: JsonObject | undefined,
  applied: JsonObject,
  manager: string,
  more: Partial<Parameters<typeof serverSideApply>[3]> = {},
  schema = maps,
) {
  return serverSideApply(live, applied, schema, { manager, apiVersion: "v1", force: false, now, ...more });
}
function applied(...args: Parameters<typeof apply>): JsonObject {
  const result = apply(...args);
  if (!result.ok) throw new TypeError(result.reason);
  return result.value;
}
function entries(object: JsonObject): JsonObject[] {
  const metadata = object["metadata"];
  const list = isObject(metadata) ? metadata["managedFields"] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}
const fieldsOf = (object: JsonObject, manager: string) =>
  entries(object).find((entry) => entry["manager"] === manager)?.["fieldsV1"];

test("serverSideApply creates with a record of ownership", () => {
  const result = apply(undefined, configMap({ a: "1" }, { labels: { x: "y" } }), "me");
  expect(result).toMatchObject({ ok: true, unchanged: false });
  expect(entries(result.ok ? result.value : {})).toEqual([
    {
      manager: "me",
      operation: "Apply",
      apiVersion: "v1",
      time: "2026-11-21T12:00:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: { "f:data": { "f:a": {} }, "f:metadata": { "f:labels": { "f:x": {} } } },
    },
  ]);
});

test("serverSideApply again changes nothing, not even a time", () => {
  const first = applied(undefined, configMap({ a: "1" }), "me");
  expect(apply(first, configMap({ a: "1" }), "me", { now: later })).toEqual({ ok: true, value: first, unchanged: true });
});

test("serverSideApply removes what the manager no longer applies", () => {
  const first = applied(undefined, configMap({ a: "1", b: "2" }, { labels: { x: "y" } }), "me");
  const second = applied(first, configMap({ a: "1" }), "me", { now: later });
  expect(second["data"]).toEqual({ a: "1" });
  expect(second["metadata"]).toMatchObject({ name: "m" });
  expect(second["metadata"]).not.toHaveProperty("labels");
  expect(entries(second)).toMatchObject([{ time: "2026-11-21T13:00:00Z", fieldsV1: { "f:data": { "f:a": {} } } }]);
});

test("serverSideApply keeps what is still applied of a map that the manager owned as a whole", () => {
  const whole = { ".": {}, "f:a": {}, "f:b": {} };
  const entry = { manager: "me", operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1: { "f:data": whole } };
  const live = configMap({ a: "1", b: "2" }, { managedFields: [entry] });
  expect(applied(live, configMap({ a: "1" }), "me")["data"]).toEqual({ a: "1" });
  expect(applied(live, configMap({}), "me")).toHaveProperty("data", {});
  expect(applied(live, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" } }, "me")).not.toHaveProperty("data");
});

test("serverSideApply takes defaults away with the object that nobody owns anything of any more", () => {
  const pod = (spec?: JsonObject): JsonObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    ...(spec && { spec }),
  });
  const first = applied(undefined, pod({ securityContext: { runAsUser: 1 }, hostname: "h" }), "me", {}, pods);
  const live = { ...first, spec: { securityContext: { runAsUser: 1, fsGroup: 2 }, hostname: "h", dnsPolicy: "ClusterFirst" } };
  expect(applied(live, pod({ hostname: "h" }), "me", {}, pods)["spec"]).toEqual({ hostname: "h", dnsPolicy: "ClusterFirst" });
  expect(applied(live, pod(), "me", {}, pods)).not.toHaveProperty("spec");
});

test("serverSideApply leaves what another manager also owns", () => {
  const first = applied(undefined, configMap({ a: "1", b: "2" }), "me");
  const shared = applied(first, configMap({ b: "2" }), "you");
  const second = applied(shared, configMap({ a: "1" }), "me");
  expect(second["data"]).toEqual({ a: "1", b: "2" });
  expect(fieldsOf(second, "you")).toEqual({ "f:data": { "f:b": {} } });
  expect(applied(second, configMap({}), "you")["data"]).toEqual({ a: "1" });
});

test("serverSideApply refuses to change what another applied, with the words of Kubernetes", () => {
  const first = applied(undefined, configMap({ a: "1" }), "me");
  expect(apply(first, configMap({ a: "2" }), "you")).toEqual({
    ok: false,
    code: 409,
    reason: 'Apply failed with 1 conflict: conflict with "me": .data.a',
    causes: [{ reason: "FieldManagerConflict", message: 'conflict with "me"', field: ".data.a" }],
  });
});

test("serverSideApply lists all conflicts by manager", () => {
  const first = applied(undefined, configMap({ a: "1", b: "1" }), "me");
  const updated = trackUpdate(first, { ...first, data: { a: "1", b: "1", c: "1" } }, maps, {
    manager: "web",
    apiVersion: "v1",
    now,
  });
  const result = apply(updated, configMap({ a: "2", b: "2", c: "2" }), "you");
  expect(result).toMatchObject({
    code: 409,
    reason:
      'Apply failed with 3 conflicts: conflicts with "me":\n- .data.a\n- .data.b\nconflicts with "web" using v1:\n- .data.c',
  });
});

test("serverSideApply with force takes the fields", () => {
  const first = applied(undefined, configMap({ a: "1", b: "1" }), "me");
  const second = applied(first, configMap({ a: "2" }), "you", { force: true });
  expect(second["data"]).toEqual({ a: "2", b: "1" });
  expect(fieldsOf(second, "me")).toEqual({ "f:data": { "f:b": {} } });
  expect(fieldsOf(second, "you")).toEqual({ "f:data": { "f:a": {} } });
});

test("serverSideApply of the same value is shared, not refused", () => {
  const first = applied(undefined, configMap({ a: "1" }), "me");
  const second = applied(first, configMap({ a: "1" }), "you");
  expect([fieldsOf(second, "me"), fieldsOf(second, "you")]).toEqual([{ "f:data": { "f:a": {} } }, { "f:data": { "f:a": {} } }]);
});

test("serverSideApply on an object without a record keeps what came before", () => {
  const result = apply(configMap({ a: "1" }), configMap({ a: "2" }), "me");
  expect(result).toMatchObject({ reason: 'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a' });
});

const container = (more: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p" },
  spec: { containers: [{ name: "a", ...more }] },
});

test("serverSideApply owns list items by their keys, with defaults of keys", () => {
  const value = applied(undefined, container({ image: "x", ports: [{ containerPort: 80 }] }), "me", {}, pods);
  expect(fieldsOf(value, "me")).toEqual({
    "f:spec": {
      "f:containers": {
        'k:{"name":"a"}': {
          ".": {},
          "f:image": {},
          "f:name": {},
          "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
        },
      },
    },
  });
});

test("serverSideApply removes an item of a list that is no longer applied, and keeps those of others", () => {
  const two = (...names: string[]): JsonObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: { containers: names.map((name) => ({ name, image: "x" })) },
  });
  const first = applied(undefined, two("a", "b"), "me", {}, pods);
  const second = applied(first, two("side"), "you", {}, pods);
  const third = applied(second, two("b"), "me", {}, pods);
  expect(third["spec"]).toEqual({
    containers: [
      { name: "b", image: "x" },
      { name: "side", image: "x" },
    ],
  });
});

test("serverSideApply owns an atomic map and list as one", () => {
  const service = (selector: JsonObject): JsonObject => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "s" },
    spec: { selector, clusterIPs: ["10.0.0.1"] },
  });
  const first = applied(undefined, service({ a: "1", b: "2" }), "me", {}, services);
  expect(fieldsOf(first, "me")).toEqual({ "f:spec": { "f:clusterIPs": {}, "f:selector": {} } });
  expect(applied(first, service({ c: "3" }), "me", {}, services)["spec"]).toMatchObject({ selector: { c: "3" } });
  expect(apply(first, service({ c: "3" }), "you", {}, services)).toMatchObject({
    reason: 'Apply failed with 1 conflict: conflict with "me": .spec.selector',
  });
});

test("serverSideApply of a subresource says so and owns nothing else", () => {
  const live = applied(undefined, container({ image: "x" }), "me", {}, pods);
  const status: JsonObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", labels: { x: "y" } },
    status: { phase: "Running" },
  };
  const value = applied(live, status, "kubelet", { subresource: "status", resets: ["metadata", "spec"] }, pods);
  expect(value["metadata"]).not.toHaveProperty("labels");
  expect(entries(value)).toMatchObject([
    { manager: "kubelet", subresource: "status", fieldsV1: { "f:status": { "f:phase": {} } } },
    { manager: "me" },
  ]);
  expect(entries(value)[1]).not.toHaveProperty("subresource");
});

const refused: [name: string, applied: JsonObject, schema: RootedSchema, code: number, reason: string][] = [
  [
    "managedFields in what is applied",
    configMap({}, { managedFields: [{ manager: "x" }] }),
    maps,
    400,
    "metadata.managedFields must be nil",
  ],
  [
    "an undeclared field",
    { ...configMap({}), spec: { a: 1 } },
    maps,
    500,
    "failed to create typed patch object (default/m; /v1, Kind=ConfigMap): .spec: field not declared in schema",
  ],
  [
    "the same item twice",
    { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [{ name: "a" }, { name: "a" }] } },
    pods,
    500,
    'failed to create typed patch object (p; /v1, Kind=Pod): .spec.containers: duplicate entries for key [name="a"]',
  ],
  [
    "an item without its key",
    { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [{ image: "a" }] } },
    pods,
    500,
    `failed to create typed patch object (p; /v1, Kind=Pod): .spec.containers: associative list with keys has an element that omits key field "name" (and doesn't have default value)`,
  ],
];
for (const [name, object, schema, code, reason] of refused) {
  test(`serverSideApply refuses ${name}`, () =>
    expect(apply(undefined, object, "me", {}, schema)).toEqual({ ok: false, code: code as 400, reason, causes: [] }));
}

test("serverSideApply changes neither the live object nor what is applied", () => {
  const live = applied(undefined, configMap({ a: "1", b: "2" }), "me");
  const config = configMap({ a: "3" });
  const before = structuredClone({ live, config });
  apply(live, config, "me");
  expect({ live, config }).toEqual(before);
});
