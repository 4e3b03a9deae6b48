// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin } from "../support/api.ts";
import { configMap, configMaps, newNamespace } from "../support/objects.ts";

let api: Api;
let path: string;

beforeAll(async () => {
  api = await admin();
  path = configMaps(await newNamespace(api));
});

describe("an object", () => {
  test("is created with uid, resourceVersion and creationTimestamp of the server, and read back the same", async () => {
    const made = await api.post(path, configMap("plain", { labels: { app: "x" } }));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      apiVersion: "v1",
      kind: "ConfigMap",
      data: { a: "1" },
      metadata: { name: "plain", labels: { app: "x" } },
    });
    expect(made.body.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect(made.body.metadata.resourceVersion).toMatch(/^[1-9]\d*$/);
    expect(made.body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect((await api.get(`${path}/plain`)).body).toEqual(made.body);
  });

  test("cannot be created twice", async () => {
    await api.make(path, configMap("twice"));
    const { status, body } = await api.post(path, configMap("twice"));
    expect(status).toBe(409);
    expect(body).toMatchObject({ apiVersion: "v1", kind: "Status", status: "Failure", reason: "AlreadyExists", code: 409 });
    expect(body.message).toBe('configmaps "twice" already exists');
    expect(body.details).toEqual({ name: "twice", kind: "configmaps" });
  });

  test("that is not there is NotFound for every verb", async () => {
    for (const answer of [
      await api.get(`${path}/none`),
      await api.put(`${path}/none`, { ...configMap("none"), metadata: { name: "none", resourceVersion: "1" } }),
      await api.patch("merge-patch", `${path}/none`, { data: {} }),
      await api.delete(`${path}/none`),
    ]) {
      expect([answer.status, answer.body.reason, answer.body.message]).toEqual([404, "NotFound", 'configmaps "none" not found']);
    }
  });

  test("gets a name from generateName, each time another", async () => {
    const names = await Promise.all(
      [1, 2, 3].map(async () => (await api.make(path, { metadata: { generateName: "gen-" } })).metadata.name),
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^gen-[a-z0-9]{5}$/);
  });

  test("is refused without a name, with a bad one, and with one that is not the path's", async () => {
    const nameless = await api.post(path, { metadata: {} });
    expect([nameless.status, nameless.body.reason]).toEqual([422, "Invalid"]);
    expect(nameless.body.details.causes[0].field).toBe("metadata.name");
    const bad = await api.post(path, configMap("Not_A_Name"));
    expect([bad.status, bad.body.reason, bad.body.details.causes[0].field]).toEqual([422, "Invalid", "metadata.name"]);
    await api.make(path, configMap("one"));
    const other = await api.put(`${path}/one`, configMap("two"));
    expect([other.status, other.body.reason]).toEqual([400, "BadRequest"]);
  });

  test("is refused where its namespace or its kind is not that of the path", async () => {
    const foreign = await api.post(path, configMap("foreign", { metadata: { namespace: "default" } }));
    expect([foreign.status, foreign.body.reason]).toEqual([400, "BadRequest"]);
    const kind = await api.post(path, { apiVersion: "v1", kind: "Secret", metadata: { name: "x" } });
    expect([kind.status, kind.body.reason]).toEqual([400, "BadRequest"]);
    const homeless = await api.post(configMaps("no-such-namespace"), configMap("x"));
    expect([homeless.status, homeless.body.reason]).toEqual([404, "NotFound"]);
    expect(homeless.body.message).toBe('namespaces "no-such-namespace" not found');
  });

  test("is refused where the body is not JSON, or no object", async () => {
    for (const body of ['{"metadata":', "[]", '"x"']) {
      const { status, body: answer } = await api.post(path, body);
      expect([body, status, answer.reason]).toEqual([body, 400, "BadRequest"]);
    }
  });

  test("may be YAML", async () => {
    const yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: b\n";
    const { status, body } = await api.call("POST", path, yaml, { type: "application/yaml" });
    expect([status, body.data]).toEqual([201, { a: "b" }]);
  });

  test("with labels or annotations that no label may have is refused by field", async () => {
    const { status, body } = await api.post(path, configMap("labels", { labels: { "a b": "c", ok: "not ok!" } }));
    expect([status, body.reason]).toEqual([422, "Invalid"]);
    expect(body.details.causes.map((cause: { field: string }) => cause.field)).toEqual(["metadata.labels", "metadata.labels"]);
  });
});

describe("an update", () => {
  test("raises the resourceVersion, and none where nothing changed", async () => {
    const made = await api.make(path, configMap("update"));
    const changed = await api.put(`${path}/update`, { ...made, data: { a: "2" } });
    expect([changed.status, changed.body.data]).toEqual([200, { a: "2" }]);
    expect(BigInt(changed.body.metadata.resourceVersion)).toBeGreaterThan(BigInt(made.metadata.resourceVersion));
    expect(changed.body.metadata.uid).toBe(made.metadata.uid);
    const again = await api.put(`${path}/update`, changed.body);
    expect(again.body.metadata.resourceVersion).toBe(changed.body.metadata.resourceVersion);
  });

  test("of an older resourceVersion is a conflict that says what to do", async () => {
    const made = await api.make(path, configMap("conflict"));
    await api.put(`${path}/conflict`, { ...made, data: { a: "2" } });
    const late = await api.put(`${path}/conflict`, { ...made, data: { a: "3" } });
    expect([late.status, late.body.reason]).toEqual([409, "Conflict"]);
    expect(late.body.message).toBe(
      'Operation cannot be fulfilled on configmaps "conflict": the object has been modified; please apply your changes to the latest version and try again',
    );
    expect((await api.get(`${path}/conflict`)).body.data).toEqual({ a: "2" });
  });

  test("without a resourceVersion is made whatever is there", async () => {
    await api.make(path, configMap("blind"));
    const { status, body } = await api.put(`${path}/blind`, configMap("blind", { data: { b: "1" } }));
    expect([status, body.data]).toEqual([200, { b: "1" }]);
  });

  test("of another uid is a conflict", async () => {
    await api.make(path, configMap("uid"));
    const other = configMap("uid", { metadata: { uid: "00000000-0000-4000-8000-000000000000" } });
    const { status, body } = await api.put(`${path}/uid`, other);
    expect([status, body.reason]).toEqual([409, "Conflict"]);
  });

  test("cannot touch what only the server sets", async () => {
    const made = await api.make(path, configMap("server-set"));
    const early = { ...made, metadata: { ...made.metadata, creationTimestamp: "2001-01-01T00:00:00Z" } };
    const { body } = await api.put(`${path}/server-set`, early);
    expect(body.metadata.creationTimestamp).toBe(made.metadata.creationTimestamp);
    const gone = { ...made, metadata: { ...made.metadata, deletionTimestamp: "2001-01-01T00:00:00Z" } };
    const refused = await api.put(`${path}/server-set`, gone);
    expect([refused.status, refused.body.details.causes[0].field]).toEqual([422, "metadata.deletionTimestamp"]);
  });

  test("that raced nine others wins exactly once", async () => {
    const made = await api.make(path, configMap("race"));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => api.put(`${path}/race`, { ...made, data: { n: `${n}` } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
  });
});

describe("a dry run", () => {
  test("answers as if it was done and does nothing", async () => {
    const created = await api.post(path, configMap("dry"), { dryRun: "All" });
    expect([created.status, created.body.metadata.name]).toEqual([201, "dry"]);
    expect((await api.get(`${path}/dry`)).status).toBe(404);
    const made = await api.make(path, configMap("dry"));
    const patched = await api.patch("merge-patch", `${path}/dry`, { data: { a: "2" } }, { dryRun: "All" });
    expect([patched.status, patched.body.data]).toEqual([200, { a: "2" }]);
    expect((await api.delete(`${path}/dry`, undefined, { dryRun: "All" })).status).toBe(200);
    expect((await api.get(`${path}/dry`)).body).toEqual(made);
  });

  test("of a word other than All is refused", async () => {
    const { status, body } = await api.post(path, configMap("dry-some"), { dryRun: "Some" });
    expect([status, body.reason, body.details.causes[0].field]).toEqual([422, "Invalid", "dryRun"]);
  });
});

describe("size", () => {
  test("over what a kind, or a request, may have is refused and leaves the old object", async () => {
    await api.make(path, configMap("big"));
    const { status, body } = await api.put(`${path}/big`, configMap("big", { data: { a: `${"x".repeat(1 << 20)}y` } }));
    expect([status, body.reason]).toEqual([422, "Invalid"]); // a ConfigMap has a limit of its own, 1 MiB
    const huge = await api.post(path, configMap("huge", { metadata: { annotations: { a: "x".repeat(3 << 20) } } }));
    expect(huge.status).toBe(413);
    expect(huge.body.reason).toBe("RequestEntityTooLarge");
    expect((await api.get(`${path}/big`)).body.data).toEqual({ a: "1" });
  });
});
