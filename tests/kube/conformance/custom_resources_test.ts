// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { gadget, newGadgets } from "../support/gadgets.ts";

let api: Api;
let path: string;

beforeAll(async () => {
  api = await admin();
  path = await newGadgets(api);
});

describe("a custom resource", () => {
  test("gets the defaults of its schema, those of list items too, and generation 1", async () => {
    const made = await api.make(path, gadget("defaults", { ports: [{ port: 1 }] }));
    expect(made.spec).toEqual({ name: "ok", mode: "off", ports: [{ port: 1, protocol: "TCP" }] });
    expect(made.metadata.generation).toBe(1);
  });

  test("loses fields that its schema does not know, but not where that says to keep them", async () => {
    const made = await api.make(
      path,
      gadget("pruned", { unknown: 1, ports: [{ port: 1, x: 1 }], free: { any: { thing: [1] } } }, { extra: {} }),
    );
    expect(made.spec).toEqual({ name: "ok", mode: "off", ports: [{ port: 1, protocol: "TCP" }], free: { any: { thing: [1] } } });
    expect(made.extra).toBeUndefined();
  });

  const bad: [string, Json, string, string, string][] = [
    ["a required field that is absent", { name: undefined }, "spec.name", "FieldValueRequired", "Required value"],
    [
      "a string where an integer belongs",
      { size: "big" },
      "spec.size",
      "FieldValueTypeInvalid",
      'Invalid value: "string": spec.size in body must be of type integer: "string"',
    ],
    [
      "a fraction where an integer belongs",
      { size: 1.5 },
      "spec.size",
      "FieldValueTypeInvalid",
      'Invalid value: "number": spec.size in body must be of type integer: "number"',
    ],
    [
      "a number that is too small",
      { size: 0 },
      "spec.size",
      "FieldValueInvalid",
      "Invalid value: 0: spec.size in body should be greater than or equal to 1",
    ],
    [
      "a number that is too large",
      { size: 11 },
      "spec.size",
      "FieldValueInvalid",
      "Invalid value: 11: spec.size in body should be less than or equal to 10",
    ],
    [
      "a string that is too short",
      { name: "a" },
      "spec.name",
      "FieldValueInvalid",
      'Invalid value: "a": spec.name in body should be at least 2 chars long',
    ],
    [
      "a string that does not match",
      { name: "UPPER" },
      "spec.name",
      "FieldValueInvalid",
      "Invalid value: \"UPPER\": spec.name in body should match '^[a-z]+$'",
    ],
    [
      "a word that is none of the allowed",
      { mode: "half" },
      "spec.mode",
      "FieldValueNotSupported",
      'Unsupported value: "half": supported values: "on", "off"',
    ],
    [
      "a list that is too long",
      { tags: ["a", "b", "c"] },
      "spec.tags",
      "FieldValueTooMany",
      "Too many: 3: must have at most 2 items",
    ],
    ["a value twice in a set", { tags: ["a", "a"] }, "spec.tags[1]", "FieldValueDuplicate", 'Duplicate value: "a"'],
    [
      "a key twice in a list that is a map",
      { ports: [{ port: 1 }, { port: 1 }] },
      "spec.ports[1]",
      "FieldValueDuplicate",
      'Duplicate value: {"port":1}',
    ],
    [
      "a list where an object belongs",
      { map: [] },
      "spec.map",
      "FieldValueTypeInvalid",
      'Invalid value: "array": spec.map in body must be of type object: "array"',
    ],
    [
      "a wrong value of a map",
      { map: { a: "x" } },
      "spec.map.a",
      "FieldValueTypeInvalid",
      'Invalid value: "string": spec.map.a in body must be of type integer: "string"',
    ],
    [
      "null in a list",
      { tags: [null] },
      "spec.tags[0]",
      "FieldValueTypeInvalid",
      'Invalid value: "null": spec.tags[0] in body must be of type string: "null"',
    ],
  ];
  for (const [what, spec, field, reason, message] of bad) {
    test(`with ${what} is refused with the field and Kubernetes' words`, async () => {
      const { status, body } = await api.post(path, gadget("bad", spec));
      expect([status, body.reason]).toEqual([422, "Invalid"]);
      expect(body.details).toMatchObject({ name: "bad", group: "conformance.example.com", kind: "Gadget" });
      expect(body.details.causes).toContainEqual({ field, reason, message });
    });
  }

  test("loses null where that may not be, and gets the default there", async () => {
    const made = await api.make(path, gadget("nulls", { size: null, mode: null, maybe: null }));
    expect(made.spec).toEqual({ name: "ok", mode: "off", maybe: null });
  });

  test("is replaced only with a resourceVersion", async () => {
    await api.make(path, gadget("blind"));
    const { status, body } = await api.put(`${path}/blind`, gadget("blind", { size: 2 }));
    expect([status, body.details.causes[0].field]).toEqual([422, "metadata.resourceVersion"]);
  });

  test("takes int or string, null where it may be, and numbers that are whole", async () => {
    for (const [name, spec] of [
      ["int", { either: 1 }],
      ["string", { either: "1" }],
      ["null", { maybe: null }],
      ["ratio", { ratio: 2 }],
    ] as const) {
      const made = await api.make(path, gadget(`takes-${name}`, spec));
      expect(made.spec).toMatchObject(spec);
    }
  });

  test("raises its generation when the spec changes, and only then", async () => {
    const made = await api.make(path, gadget("generation"));
    const labelled = await api.patch("merge-patch", `${path}/generation`, { metadata: { labels: { a: "b" } } });
    const changed = await api.patch("merge-patch", `${path}/generation`, { spec: { size: 3 } });
    const status = await api.patch("merge-patch", `${path}/generation/status`, { status: { phase: "Up" } });
    expect([made, labelled.body, changed.body, status.body].map(({ metadata }) => metadata.generation)).toEqual([1, 1, 2, 2]);
  });

  test("applies lists by their type: a map by key, a set by value", async () => {
    const at = `${path}/applied`;
    const apply = (spec: Json, fieldManager: string) => api.patch("apply-patch", at, gadget("applied", spec), { fieldManager });
    await apply({ ports: [{ port: 1 }], tags: ["a"] }, "one");
    const both = await apply({ ports: [{ port: 2 }], tags: ["b"] }, "two");
    expect([both.body.spec.ports.map((port: Json) => port.port), both.body.spec.tags]).toEqual([
      [1, 2],
      ["a", "b"],
    ]);
    const less = await apply({}, "one");
    expect([less.body.spec.ports, less.body.spec.tags]).toEqual([[{ port: 2, protocol: "TCP" }], ["b"]]);
  });

  test("of more than 1.5 MiB is refused and not stored", async () => {
    const big = (name: string, mebibytes: number) =>
      api.post(path, gadget(name, { free: { a: "x".repeat(mebibytes * 2 ** 20) } }));
    expect((await big("large", 1.4)).status).toBe(201);
    const { status, body } = await big("too-large", 1.6);
    expect(body.message).toBe("etcdserver: request is too large");
    expect([413, 500]).toContain(status); // the real server hands on etcd's words as 500; what says 413 is right, too
    expect((await api.get(`${path}/too-large`)).status).toBe(404);
  });

  test("refuses a strategic merge patch: it has no merge keys", async () => {
    await api.make(path, gadget("strategic"));
    const { status, body } = await api.patch("strategic-merge-patch", `${path}/strategic`, { spec: { size: 1 } });
    expect([status, body.reason]).toEqual([415, "UnsupportedMediaType"]);
  });

  test("of another version or kind is refused", async () => {
    const version = await api.post(path, { ...gadget("v2"), apiVersion: "conformance.example.com/v2" });
    expect([version.status, version.body.reason]).toEqual([400, "BadRequest"]);
    const kind = await api.post(path, { ...gadget("k"), kind: "Other" });
    expect([kind.status, kind.body.details.causes[0].field]).toEqual([422, "kind"]);
  });
});

test("a table of a custom resource has the columns of its definition", async () => {
  await api.make(path, gadget("table", { size: 3 }));
  const { body } = await api.get(`${path}/table`, undefined, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
  expect(body.columnDefinitions.map((column: Json) => `${column.name} ${column.type} ${column.priority}`)).toEqual([
    "Name string 0",
    "Mode string 0",
    "Size integer 0",
    "Phase string 1",
    "Age date 0",
  ]);
  expect(body.rows[0].cells.slice(0, 4)).toEqual(["table", "off", 3, null]);
});
