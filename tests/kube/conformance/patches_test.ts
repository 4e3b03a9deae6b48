// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin } from "../support/api.ts";
import { configMap, configMaps, newNamespace } from "../support/objects.ts";

let api: Api;
let namespace: string;
let path: string;

beforeAll(async () => {
  api = await admin();
  namespace = await newNamespace(api);
  path = configMaps(namespace);
});

describe("a JSON patch", () => {
  test("adds, replaces, removes, copies, moves and tests", async () => {
    await api.make(path, configMap("json", { data: { a: "1", b: "2" } }));
    const { status, body } = await api.patch("json-patch", `${path}/json`, [
      { op: "test", path: "/data/a", value: "1" },
      { op: "replace", path: "/data/a", value: "3" },
      { op: "copy", from: "/data/b", path: "/data/c" },
      { op: "move", from: "/data/b", path: "/data/d" },
      { op: "add", path: "/metadata/labels", value: { "example.com/x": "y" } },
      { op: "add", path: "/metadata/labels/example.com~1z", value: "z" },
    ]);
    expect([status, body.data]).toEqual([200, { a: "3", c: "2", d: "2" }]);
    expect(body.metadata.labels).toEqual({ "example.com/x": "y", "example.com/z": "z" });
  });

  test("whose test fails, or whose path is not there, changes nothing", async () => {
    const made = await api.make(path, configMap("json-fails"));
    for (const patch of [
      [
        { op: "test", path: "/data/a", value: "other" },
        { op: "remove", path: "/data/a" },
      ],
      [
        { op: "replace", path: "/data/a", value: "2" },
        { op: "remove", path: "/data/none" },
      ],
    ]) {
      const { status, body } = await api.patch("json-patch", `${path}/json-fails`, patch);
      expect([status, body.reason]).toEqual([422, "Invalid"]);
    }
    expect((await api.get(`${path}/json-fails`)).body).toEqual(made);
  });

  test("that is no list of operations is refused", async () => {
    await api.make(path, configMap("json-bad"));
    const { status, body } = await api.patch("json-patch", `${path}/json-bad`, { op: "remove" });
    expect([status, body.reason]).toEqual([400, "BadRequest"]);
  });
});

describe("a merge patch", () => {
  test("merges objects, removes what is null and replaces lists", async () => {
    await api.make(path, configMap("merge", { data: { a: "1", b: "2" }, metadata: { finalizers: ["example.com/a"] } }));
    const patch = { data: { a: null, c: "3" }, metadata: { labels: { x: "y" }, finalizers: ["example.com/b"] } };
    const { body } = await api.patch("merge-patch", `${path}/merge`, patch);
    expect([body.data, body.metadata.labels, body.metadata.finalizers]).toEqual([
      { b: "2", c: "3" },
      { x: "y" },
      ["example.com/b"],
    ]);
    await api.patch("merge-patch", `${path}/merge`, { metadata: { finalizers: null } });
  });

  test("with a resourceVersion is made on that one only", async () => {
    const made = await api.make(path, configMap("merge-rv"));
    const { resourceVersion } = made.metadata;
    expect((await api.patch("merge-patch", `${path}/merge-rv`, { metadata: { resourceVersion }, data: { a: "2" } })).status).toBe(
      200,
    );
    const late = await api.patch("merge-patch", `${path}/merge-rv`, { metadata: { resourceVersion }, data: { a: "3" } });
    expect([late.status, late.body.reason]).toEqual([409, "Conflict"]);
  });

  test("that changes nothing raises no resourceVersion", async () => {
    const made = await api.make(path, configMap("merge-same"));
    const { body } = await api.patch("merge-patch", `${path}/merge-same`, { data: { a: "1" } });
    expect(body.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  test("that races nine others loses nothing", async () => {
    await api.make(path, configMap("merge-race", { data: {} }));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => api.patch("merge-patch", `${path}/merge-race`, { data: { [`k${n}`]: "1" } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(Object.keys((await api.get(`${path}/merge-race`)).body.data)).toHaveLength(10);
  });

  test("cannot give an object another name, and of a wrong type is refused", async () => {
    await api.make(path, configMap("merge-name"));
    expect((await api.patch("merge-patch", `${path}/merge-name`, { metadata: { name: "other" } })).status).toBe(400);
    const wrong = await api.patch("merge-patch", `${path}/merge-name`, { data: "text" });
    expect([wrong.status, wrong.body.reason]).toEqual([422, "Invalid"]);
  });
});

describe("a strategic merge patch", () => {
  const pod = (name: string) => ({
    metadata: { name },
    spec: {
      containers: [
        { name: "a", image: "a:1", env: [{ name: "X", value: "1" }] },
        { name: "b", image: "b:1" },
      ],
      tolerations: [{ key: "one", operator: "Exists" }],
    },
  });

  test("merges lists by their key, deletes by $patch, and replaces a list that has no key", async () => {
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    await api.make(pods, pod("strategic"));
    const { status, body } = await api.patch("strategic-merge-patch", `${pods}/strategic`, {
      spec: { containers: [{ name: "b", image: "b:2" }] },
    });
    expect(status).toBe(200);
    expect(body.spec.containers.map(({ name, image }: { name: string; image: string }) => `${name} ${image}`).sort()).toEqual([
      "a a:1",
      "b b:2",
    ]);
  });

  test("works on the lists of a Deployment's template", async () => {
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const labels = { app: "d" };
    const template = { metadata: { labels }, spec: { ...pod("").spec, volumes: [{ name: "v", emptyDir: {} }] } };
    await api.make(deployments, { metadata: { name: "d" }, spec: { replicas: 0, selector: { matchLabels: labels }, template } });
    const spec = {
      containers: [
        { name: "a", env: [{ name: "Y", value: "2" }] },
        { name: "b", $patch: "delete" },
        { name: "c", image: "c:1" },
      ],
      volumes: [{ name: "v", $retainKeys: ["name", "hostPath"], hostPath: { path: "/x" } }],
    };
    const { status, body } = await api.patch("strategic-merge-patch", `${deployments}/d`, { spec: { template: { spec } } });
    expect(status).toBe(200);
    const result = body.spec.template.spec;
    expect(result.containers.map(({ name }: { name: string }) => name).sort()).toEqual(["a", "c"]);
    const [a] = result.containers.filter(({ name }: { name: string }) => name === "a");
    expect(a.env).toEqual(
      expect.arrayContaining([
        { name: "X", value: "1" },
        { name: "Y", value: "2" },
      ]),
    );
    expect(result.volumes).toEqual([{ name: "v", hostPath: { path: "/x", type: "" } }]);
  });

  test("adds to finalizers and drops from them", async () => {
    await api.make(path, configMap("finalizers", { metadata: { finalizers: ["example.com/a"] } }));
    const patch = (metadata: unknown) => api.patch("strategic-merge-patch", `${path}/finalizers`, { metadata });
    expect((await patch({ finalizers: ["example.com/b"] })).body.metadata.finalizers.sort()).toEqual([
      "example.com/a",
      "example.com/b",
    ]);
    expect((await patch({ "$deleteFromPrimitiveList/finalizers": ["example.com/a"] })).body.metadata.finalizers).toEqual([
      "example.com/b",
    ]);
    await patch({ finalizers: null });
  });

  test("replaces a map with $patch: replace", async () => {
    await api.make(path, configMap("replace", { data: { a: "1", b: "2" } }));
    const { body } = await api.patch("strategic-merge-patch", `${path}/replace`, { data: { $patch: "replace", c: "3" } });
    expect(body.data).toEqual({ c: "3" });
  });
});

test("a patch of an unknown type is refused with the types that are known", async () => {
  await api.make(path, configMap("type"));
  const { status, body } = await api.call("PATCH", `${path}/type`, {}, { type: "application/json" });
  expect([status, body.reason]).toEqual([415, "UnsupportedMediaType"]);
});
