// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Answer, type Api, admin, type Json } from "../support/api.ts";
import { configMaps, newNamespace } from "../support/objects.ts";

let api: Api;
let namespace: string;
let path: string;

beforeAll(async () => {
  api = await admin();
  namespace = await newNamespace(api);
  path = configMaps(namespace);
});

const apply = (name: string, more: Json, fieldManager: string, query: Record<string, boolean> = {}): Promise<Answer> => {
  const { labels, ...rest } = more;
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...(labels && { labels }) }, ...rest };
  return api.patch("apply-patch", `${path}/${name}`, object, { fieldManager, ...query });
};
const managers = ({ body }: Answer): string[] =>
  body.metadata.managedFields.map((entry: Json) => `${entry.manager} ${entry.operation}`).sort();
const fieldsOf = ({ body }: Answer, manager: string): Json =>
  body.metadata.managedFields.find((entry: Json) => entry.manager === manager)?.fieldsV1;

describe("server-side apply", () => {
  test("makes an object that is not there, and notes who owns which field", async () => {
    const made = await apply("made", { data: { a: "1" }, labels: { x: "y" } }, "one");
    expect(made.status).toBe(201);
    const [entry] = made.body.metadata.managedFields;
    expect(entry).toMatchObject({ manager: "one", operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1" });
    expect(entry.time).toMatch(/^\d{4}-/);
    expect(entry.fieldsV1).toEqual({ "f:data": { "f:a": {} }, "f:metadata": { "f:labels": { "f:x": {} } } });
    expect((await apply("made", { data: { a: "1" }, labels: { x: "y" } }, "one")).status).toBe(200);
  });

  test("that changes nothing raises no resourceVersion", async () => {
    const first = await apply("same", { data: { a: "1" } }, "one");
    const second = await apply("same", { data: { a: "1" } }, "one");
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  test("removes what its manager no longer says, and nothing of others", async () => {
    await apply("shrink", { data: { a: "1", b: "1" } }, "one");
    await apply("shrink", { data: { c: "1" } }, "two");
    const { body } = await apply("shrink", { data: { a: "1" } }, "one");
    expect(body.data).toEqual({ a: "1", c: "1" });
  });

  test("of a field another applied with another value is a conflict that names both", async () => {
    await apply("conflict", { data: { a: "1" } }, "one");
    const { status, body } = await apply("conflict", { data: { a: "2" } }, "two");
    expect([status, body.reason]).toEqual([409, "Conflict"]);
    expect(body.message).toBe('Apply failed with 1 conflict: conflict with "one": .data.a');
    expect(body.details.causes).toEqual([{ reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".data.a" }]);
  });

  test("with force takes the field over", async () => {
    await apply("force", { data: { a: "1", b: "1" } }, "one");
    const forced = await apply("force", { data: { a: "2" } }, "two", { force: true });
    expect([forced.status, forced.body.data]).toEqual([200, { a: "2", b: "1" }]);
    expect(fieldsOf(forced, "one")).toEqual({ "f:data": { "f:b": {} } });
    expect(fieldsOf(forced, "two")).toEqual({ "f:data": { "f:a": {} } });
  });

  test("of the same value shares the field, and it stays until the last owner lets go", async () => {
    await apply("shared", { data: { a: "1", x: "1" } }, "one");
    await apply("shared", { data: { a: "1", y: "1" } }, "two");
    expect((await apply("shared", { data: { x: "1" } }, "one")).body.data).toEqual({ a: "1", x: "1", y: "1" });
    expect((await apply("shared", { data: { y: "1" } }, "two")).body.data).toEqual({ x: "1", y: "1" });
  });

  test("conflicts with an update of another too, unless it says the same", async () => {
    await apply("updated", { data: { a: "1" } }, "one");
    const patched = await api.patch("merge-patch", `${path}/updated`, { data: { a: "2" } }, { fieldManager: "editor" });
    expect(managers(patched)).toEqual(["editor Update"]);
    const late = await apply("updated", { data: { a: "1" } }, "one");
    expect([late.status, late.body.message]).toEqual([409, expect.stringContaining('conflict with "editor" using v1: .data.a')]);
    expect((await apply("updated", { data: { a: "2" } }, "one")).status).toBe(200);
  });

  test("needs a field manager, and may not carry managedFields", async () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "none" } };
    const none = await api.patch("apply-patch", `${path}/none`, object);
    expect([none.status, none.body.reason]).toEqual([422, "Invalid"]);
    expect(none.body.message).toContain("fieldManager");
    const managedFields = [{ manager: "x", operation: "Apply", apiVersion: "v1" }];
    const forged = await api.patch(
      "apply-patch",
      `${path}/none`,
      { ...object, metadata: { name: "none", managedFields } },
      { fieldManager: "one" },
    );
    expect([forged.status, forged.body.reason]).toEqual([400, "BadRequest"]);
  });

  test("refuses an unknown field, force without apply, and a body without kind", async () => {
    const unknown = await apply("unknown", { dada: { a: "1" } }, "one");
    expect(unknown.status).toBe(500); // the real server says so, too: "failed to create typed patch object … field not declared in schema"
    expect(unknown.body.message).toContain(".dada: field not declared in schema");
    const force = await api.patch("merge-patch", `${path}/kube-root-ca.crt`, {}, { force: true });
    expect([force.status, force.body.reason]).toEqual([422, "Invalid"]);
    const kindless = await api.patch(
      "apply-patch",
      `${path}/kindless`,
      { metadata: { name: "kindless" } },
      { fieldManager: "one" },
    );
    expect([kindless.status, kindless.body.reason]).toEqual([400, "BadRequest"]);
  });

  test("takes YAML", async () => {
    const yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: |\n    two\n    lines\n";
    const { status, body } = await api.patch("apply-patch", `${path}/yaml`, yaml, { fieldManager: "one" });
    expect([status, body.data.a]).toEqual([201, "two\nlines\n"]);
  });

  test("of a dry run shows the result and keeps nothing", async () => {
    expect(
      (
        await api.patch(
          "apply-patch",
          `${path}/dry`,
          { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "dry" } },
          { fieldManager: "one", dryRun: "All" },
        )
      ).status,
    ).toBe(201);
    expect((await api.get(`${path}/dry`)).status).toBe(404);
  });
});

describe("managedFields", () => {
  test("of create and update name the manager from the query, or from the user agent", async () => {
    const made = await api.post(path, { metadata: { name: "managed" }, data: { a: "1" } }, { fieldManager: "maker" });
    expect(managers(made)).toEqual(["maker Update"]);
    const changed = await api.put(`${path}/managed`, { ...made.body, data: { a: "1", b: "2" } }, { fieldManager: "changer" });
    expect(managers(changed)).toEqual(["changer Update", "maker Update"]);
    expect(fieldsOf(changed, "changer")).toEqual({ "f:data": { "f:b": {} } });
    expect(fieldsOf(changed, "maker")).toEqual({ "f:data": { ".": {}, "f:a": {} } });
  });

  test("of the status subresource are noted as such", async () => {
    const services = `/api/v1/namespaces/${namespace}/services`;
    await api.make(services, { metadata: { name: "s" }, spec: { ports: [{ port: 80 }] } });
    const status = {
      conditions: [{ type: "X", status: "True", reason: "Y", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" }],
    };
    const answer = await api.patch("merge-patch", `${services}/s/status`, { status }, { fieldManager: "controller" });
    expect(answer.body.metadata.managedFields.at(-1)).toMatchObject({
      manager: "controller",
      operation: "Update",
      subresource: "status",
    });
  });

  test("can be cleared", async () => {
    await apply("cleared", { data: { a: "1" } }, "one");
    const { body } = await api.patch("merge-patch", `${path}/cleared`, { metadata: { managedFields: [{}] } });
    expect(body.metadata.managedFields).toBeUndefined();
  });

  test("of lists name items by key, by value or as a whole", async () => {
    const services = `/api/v1/namespaces/${namespace}/services`;
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "lists", finalizers: ["example.com/a"] },
      spec: { ports: [{ port: 80, protocol: "TCP" }], externalIPs: ["192.0.2.1"] },
    };
    const answer = await api.patch("apply-patch", `${services}/lists`, service, { fieldManager: "one" });
    expect(answer.status).toBe(201);
    expect(fieldsOf(answer, "one")).toEqual({
      "f:metadata": { "f:finalizers": { 'v:"example.com/a"': {} } },
      "f:spec": {
        "f:externalIPs": {},
        "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {}, "f:protocol": {} } },
      },
    });
    const second = { ...service, metadata: { name: "lists" }, spec: { ports: [{ name: "b", port: 81, protocol: "TCP" }] } };
    const both = await api.patch("apply-patch", `${services}/lists`, second, { fieldManager: "two" });
    expect(both.status).toBe(422); // two ports now, and the first has no name
    expect(both.body.details.causes.map((cause: Json) => cause.field)).toContain("spec.ports[0].name");
    await api.patch("merge-patch", `${services}/lists`, { metadata: { finalizers: null } });
  });
});
