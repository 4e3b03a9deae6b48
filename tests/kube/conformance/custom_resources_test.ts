// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { crdOf, installCrd } from "../support/crds.ts";
import { newNamespace } from "../support/objects.ts";
import { waitFor } from "../support/wait_for.ts";

const GROUP = "/apis/conformance.example.com/v1";
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

const schema = {
  required: ["spec"],
  properties: {
    spec: {
      type: "object",
      required: ["name"],
      properties: {
        name: { type: "string", minLength: 2, pattern: "^[a-z]+$" },
        mode: { type: "string", enum: ["on", "off"], default: "off" },
        size: { type: "integer", minimum: 1, maximum: 10 },
        ratio: { type: "number" },
        either: { "x-kubernetes-int-or-string": true },
        tags: { type: "array", items: { type: "string" }, maxItems: 2, "x-kubernetes-list-type": "set" },
        ports: {
          type: "array",
          items: {
            type: "object",
            required: ["port"],
            properties: { port: { type: "integer" }, protocol: { type: "string", default: "TCP" } },
          },
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port"],
        },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        map: { type: "object", additionalProperties: { type: "integer" } },
        maybe: { type: "string", nullable: true },
      },
    },
    status: { type: "object", properties: { phase: { type: "string" } } },
  },
};

let api: Api;
let path: string;

beforeAll(async () => {
  api = await admin();
  const columns = [
    { name: "Mode", type: "string", jsonPath: ".spec.mode" },
    { name: "Size", type: "integer", jsonPath: ".spec.size" },
    { name: "Phase", type: "string", jsonPath: ".status.phase", priority: 1 },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ];
  await installCrd(
    api,
    crdOf("gadgets", schema, { version: { subresources: { status: {} }, additionalPrinterColumns: columns } }),
  );
  path = `${GROUP}/namespaces/${await newNamespace(api)}/gadgets`;
});

const gadget = (name: string, spec: Json = {}, more: Json = {}): Json => ({
  apiVersion: "conformance.example.com/v1",
  kind: "Gadget",
  metadata: { name },
  spec: { name: "ok", ...spec },
  ...more,
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

describe("the status subresource", () => {
  test("is the only way to write status, and writes nothing else", async () => {
    const made = await api.make(path, gadget("status", {}, { status: { phase: "Forged" } }));
    expect(made.status).toBeUndefined();
    const both = {
      ...made,
      spec: { name: "changed" },
      status: { phase: "Up" },
      metadata: { ...made.metadata, labels: { a: "b" } },
    };
    const viaStatus = await api.put(`${path}/status/status`, both);
    expect([viaStatus.status, viaStatus.body.status, viaStatus.body.spec.name]).toEqual([200, { phase: "Up" }, "ok"]);
    expect(viaStatus.body.metadata.labels).toBeUndefined();
    const viaSpec = await api.put(`${path}/status`, { ...viaStatus.body, spec: { name: "changed" }, status: { phase: "Down" } });
    expect([viaSpec.body.status, viaSpec.body.spec.name]).toEqual([{ phase: "Up" }, "changed"]);
    expect((await api.get(`${path}/status/status`)).body).toEqual(viaSpec.body);
  });

  test("keeps to the schema and to the resourceVersion", async () => {
    const made = await api.make(path, gadget("status-bad"));
    const wrong = await api.patch("merge-patch", `${path}/status-bad/status`, { status: { phase: 1 } });
    expect([wrong.status, wrong.body.details.causes[0].field]).toEqual([422, "status.phase"]);
    await api.patch("merge-patch", `${path}/status-bad/status`, { status: { phase: "Up" } });
    const late = await api.put(`${path}/status-bad/status`, { ...made, status: { phase: "Late" } });
    expect([late.status, late.body.reason]).toEqual([409, "Conflict"]);
  });

  test("can be applied by another manager than the spec", async () => {
    await api.patch("apply-patch", `${path}/status-applied`, gadget("status-applied"), { fieldManager: "user" });
    const bare = { apiVersion: "conformance.example.com/v1", kind: "Gadget", metadata: { name: "status-applied" } };
    const answer = await api.patch(
      "apply-patch",
      `${path}/status-applied/status`,
      { ...bare, status: { phase: "Up" } },
      { fieldManager: "controller" },
    );
    expect(answer.body.status).toEqual({ phase: "Up" });
    const entry = answer.body.metadata.managedFields.find((field: Json) => field.manager === "controller");
    expect(entry).toMatchObject({ operation: "Apply", subresource: "status", fieldsV1: { "f:status": { "f:phase": {} } } });
  });
});

describe("field validation", () => {
  const typo = gadget("typo", { sise: 3 });

  test("Strict refuses an unknown field and a field that is there twice", async () => {
    const { status, body } = await api.post(path, typo, { fieldValidation: "Strict" });
    expect([status, body.reason]).toEqual([400, "BadRequest"]);
    expect(body.message).toContain('strict decoding error: unknown field "spec.sise"');
    const twice = JSON.stringify(gadget("twice")).replace('"name":"ok"', '"name":"ok","name":"no"');
    const doubled = await api.post(path, twice, { fieldValidation: "Strict" });
    expect([doubled.status, doubled.body.message]).toEqual([400, expect.stringContaining('duplicate field "spec.name"')]);
  });

  test("Warn takes it and says so in a header; Ignore takes it in silence", async () => {
    const warned = await api.post(path, typo, { fieldValidation: "Warn" });
    expect([warned.status, warned.headers.get("warning")]).toEqual([201, '299 - "unknown field \\"spec.sise\\""']);
    const quiet = { ...typo, metadata: { name: "quiet" } };
    const ignored = await api.post(path, quiet, { fieldValidation: "Ignore" });
    expect([ignored.status, ignored.headers.get("warning")]).toEqual([201, null]);
  });

  test("is done for built-in kinds as well", async () => {
    const maps = path.replace(GROUP, "/api/v1").replace("gadgets", "configmaps");
    const { status, body } = await api.post(maps, { metadata: { name: "typo" }, dada: {} }, { fieldValidation: "Strict" });
    expect([status, body.message]).toEqual([400, expect.stringContaining('unknown field "dada"')]);
    expect(
      (await api.post(maps, { metadata: { name: "typo" }, dada: {} }, { fieldValidation: "Warn" })).headers.get("warning"),
    ).toBe('299 - "unknown field \\"dada\\""');
  });
});

describe("a definition", () => {
  test("says that its names are accepted and that it is established", async () => {
    const { body } = await api.get(`${CRDS}/gadgets.conformance.example.com`);
    const conditions = body.status.conditions.map((condition: Json) => `${condition.type}=${condition.status}`);
    expect(conditions).toEqual(expect.arrayContaining(["NamesAccepted=True", "Established=True"]));
    expect(body.status.acceptedNames).toMatchObject({
      plural: "gadgets",
      singular: "gadget",
      kind: "Gadget",
      listKind: "GadgetList",
    });
    expect(body.status.storedVersions).toEqual(["v1"]);
  });

  test("whose name is not plural.group, or whose schema is not structural, is refused", async () => {
    const named = await api.post(CRDS, { ...crdOf("wrongs", {}), metadata: { name: "other.conformance.example.com" } });
    expect([named.status, named.body.reason]).toEqual([422, "Invalid"]);
    const typeless = await api.post(CRDS, crdOf("wrongs", { properties: { spec: { properties: { a: { type: "string" } } } } }));
    expect([typeless.status, typeless.body.reason]).toEqual([422, "Invalid"]);
    expect(typeless.body.message).toContain("properties[spec].type: Required value");
  });

  test("may be for the whole cluster, and may serve several versions of one object", async () => {
    const keep = { schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }, served: true };
    const crd = crdOf(
      "wides",
      {},
      {
        scope: "Cluster",
        versions: [
          { name: "v1", storage: true, ...keep },
          { name: "v1beta1", storage: false, ...keep },
        ],
      },
    );
    await installCrd(api, crd);
    await api.make(`${GROUP}/wides`, {
      apiVersion: "conformance.example.com/v1",
      kind: "Wide",
      metadata: { name: "w" },
      spec: { a: 1 },
    });
    const { body } = await api.get("/apis/conformance.example.com/v1beta1/wides/w");
    expect([body.apiVersion, body.spec, body.metadata.namespace]).toEqual([
      "conformance.example.com/v1beta1",
      { a: 1 },
      undefined,
    ]);
  });

  test("that is deleted takes its objects and its paths with it", async () => {
    await installCrd(api, crdOf("briefs", { "x-kubernetes-preserve-unknown-fields": true }));
    const briefs = `${path.replace("gadgets", "briefs")}`;
    await api.make(briefs, { apiVersion: "conformance.example.com/v1", kind: "Brief", metadata: { name: "b" } });
    expect((await api.delete(`${CRDS}/briefs.conformance.example.com`)).status).toBe(200);
    await waitFor(
      "the definition to be gone",
      async () => (await api.get(`${CRDS}/briefs.conformance.example.com`)).status === 404,
    );
    await waitFor("its path to be gone", async () => (await api.get(briefs)).status === 404);
    await installCrd(api, crdOf("briefs", { "x-kubernetes-preserve-unknown-fields": true }));
    expect((await api.get(briefs)).body.items).toEqual([]);
  });

  test("that changes is served at once with its new schema", async () => {
    const wider = structuredClone(schema);
    await installCrd(api, crdOf("changes", { properties: { spec: { type: "object", properties: { a: { type: "string" } } } } }));
    const changes = path.replace("gadgets", "changes");
    const object = {
      apiVersion: "conformance.example.com/v1",
      kind: "Change",
      metadata: { name: "c" },
      spec: { name: "ok", size: 1 },
    };
    const made = await api.make(changes, object);
    expect(made.spec).toEqual({});
    await installCrd(api, crdOf("changes", wider));
    const change = { metadata: { annotations: { x: "y" } }, spec: object.spec };
    await waitFor("the new schema", async () => (await api.patch("merge-patch", `${changes}/c`, change)).body.spec?.size === 1);
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
