// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { isObject, type JsonObject } from "../patch/json.ts";
import { builtinSchema } from "../schema/builtin_schema.ts";
import type { Write } from "./ownership.ts";
import { serverSideApply } from "./server_side_apply.ts";
import { trackUpdate } from "./track_update.ts";

const found = builtinSchema({ group: "", version: "v1", kind: "ConfigMap" });
if (found === undefined) throw new TypeError("no ConfigMap");
const schema = found;
const now = new Date("2026-11-21T12:00:00Z");
const write = (manager: string, more: Partial<Write> = {}): Write => ({ manager, apiVersion: "v1", now, ...more });
const map = (data: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "m", ...more },
  data,
});
function entries(object: JsonObject): JsonObject[] {
  const metadata = object["metadata"];
  const list = isObject(metadata) ? metadata["managedFields"] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

test("trackUpdate gives a new object to its writer", () => {
  expect(entries(trackUpdate(undefined, map({ a: "1" }), schema, write("me")))).toEqual([
    {
      manager: "me",
      operation: "Update",
      apiVersion: "v1",
      time: "2026-11-21T12:00:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: { "f:data": { ".": {}, "f:a": {} } },
    },
  ]);
});

test("trackUpdate moves what changed to the writer, and forgets what is gone", () => {
  const first = trackUpdate(undefined, map({ a: "1", b: "1", c: "1" }), schema, write("me"));
  const second = trackUpdate(first, { ...first, data: { a: "1", b: "2" } }, schema, write("you"));
  expect(entries(second)).toMatchObject([
    { manager: "me", fieldsV1: { "f:data": { ".": {}, "f:a": {} } } },
    { manager: "you", fieldsV1: { "f:data": { "f:b": {} } } },
  ]);
});

test("trackUpdate keeps time and record of a write without a change", () => {
  const first = trackUpdate(undefined, map({ a: "1" }), schema, write("me"));
  expect(trackUpdate(first, first, schema, write("me", { now: new Date("2027-01-01") }))).toEqual(first);
  expect(entries(trackUpdate(first, first, schema, write("you")))).toEqual(entries(first));
});

test("trackUpdate takes what an applier owned when its value changes", () => {
  const applied = serverSideApply(undefined, map({ a: "1", b: "1" }), schema, { ...write("gitops"), force: false });
  if (!applied.ok) throw new TypeError(applied.reason);
  const second = trackUpdate(applied.value, { ...applied.value, data: { a: "2", b: "1" } }, schema, write("me"));
  expect(entries(second)).toMatchObject([
    { manager: "gitops", operation: "Apply", fieldsV1: { "f:data": { "f:b": {} } } },
    { manager: "me", operation: "Update", fieldsV1: { "f:data": { "f:a": {} } } },
  ]);
});

test("trackUpdate keeps the record when a client leaves it out, and clears it when asked", () => {
  const first = trackUpdate(undefined, map({ a: "1" }), schema, write("me"));
  expect(entries(trackUpdate(first, map({ a: "1" }), schema, write("you")))).toEqual(entries(first));
  expect(entries(trackUpdate(first, map({ a: "2" }, { managedFields: [{}] }), schema, write("you")))).toEqual([]);
});

test("trackUpdate begins no record of an object that has none", () => {
  expect(entries(trackUpdate(map({ a: "1" }), map({ a: "2" }), schema, write("me")))).toEqual([]);
});

test("trackUpdate keeps apart the writes of a subresource", () => {
  const pods = builtinSchema({ group: "", version: "v1", kind: "Pod" }) ?? schema;
  const live = trackUpdate(
    undefined,
    { metadata: { name: "p" }, spec: { nodeName: "w1" } },
    pods,
    write("me", { resets: ["status"] }),
  );
  const next = trackUpdate(
    live,
    { ...live, status: { phase: "Running" } },
    pods,
    write("me", { subresource: "status", resets: ["spec"] }),
  );
  expect(entries(next)).toMatchObject([
    { manager: "me", fieldsV1: { "f:spec": { "f:nodeName": {} } } },
    { manager: "me", subresource: "status", fieldsV1: { "f:status": { "f:phase": {} } } },
  ]);
});

test("trackUpdate makes one of the oldest writers when there are more than ten", () => {
  let object = trackUpdate(undefined, map({ first: "1" }), schema, write("first", { now: new Date(now.getTime() - 1000) }));
  for (let index = 0; index < 14; index++) {
    const at = new Date(now.getTime() + index * 1000);
    const data = { ...(object["data"] as JsonObject), [`k${index}`]: "1" };
    object = trackUpdate(object, { ...object, data }, schema, write(`w${index}`, { now: at }));
  }
  expect(entries(object)).toHaveLength(10);
  expect(entries(object)[0]).toMatchObject({ manager: "ancient-changes" });
});
