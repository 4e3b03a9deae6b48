// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin, type Json } from "../support/api.ts";
import { configMap, configMaps, newNamespace } from "../support/objects.ts";

let api: Api;
let namespace: string;
let path: string;

const namesOf = (list: Json): string[] => list.items.map((item: Json) => item.metadata.name);

beforeAll(async () => {
  api = await admin();
  namespace = await newNamespace(api);
  path = `/api/v1/namespaces/${namespace}/secrets`;
  for (let n = 0; n < 7; n++) {
    const labels = { parity: n % 2 === 0 ? "even" : "odd", ...(n < 3 ? { small: "" } : {}), n: `${n}` };
    await api.make(path, { metadata: { name: `s${n}`, labels }, type: n === 6 ? "example.com/six" : "Opaque" });
  }
});

describe("a list", () => {
  test("is of the kind's list, ordered by name, with a resourceVersion; its items name no kind", async () => {
    const { status, body } = await api.get(path);
    expect([status, body.kind, body.apiVersion]).toEqual([200, "SecretList", "v1"]);
    expect(namesOf(body)).toEqual(["s0", "s1", "s2", "s3", "s4", "s5", "s6"]);
    expect(body.metadata.resourceVersion).toMatch(/^[1-9]\d*$/);
    expect(body.items[0].kind).toBeUndefined();
  });

  test("of all namespaces holds those of each, and of a namespace that is not there nothing", async () => {
    const other = await newNamespace(api);
    await api.make(configMaps(namespace), configMap("everywhere"));
    await api.make(configMaps(other), configMap("everywhere"));
    const { body } = await api.get("/api/v1/configmaps", { fieldSelector: "metadata.name=everywhere" });
    expect(body.items.map((item: Json) => item.metadata.namespace).sort()).toEqual([namespace, other].sort());
    const none = await api.get("/api/v1/namespaces/no-such-namespace/secrets");
    expect([none.status, none.body.items]).toEqual([200, []]);
  });

  test("comes in pages of one state: a write between them does not show", async () => {
    const first = await api.get(path, { limit: 3 });
    expect(namesOf(first.body)).toEqual(["s0", "s1", "s2"]);
    expect(first.body.metadata.remainingItemCount).toBe(4);
    await api.make(path, { metadata: { name: "s3-between" } });
    const second = await api.get(path, { limit: 3, continue: first.body.metadata.continue });
    expect(namesOf(second.body)).toEqual(["s3", "s4", "s5"]);
    const third = await api.get(path, { limit: 3, continue: second.body.metadata.continue });
    expect(namesOf(third.body)).toEqual(["s6"]);
    expect(third.body.metadata.continue ?? "").toBe("");
    expect([second, third].map(({ body }) => body.metadata.resourceVersion)).toEqual(
      Array(2).fill(first.body.metadata.resourceVersion),
    );
    await api.delete(`${path}/s3-between`);
  });

  test("with a token of no page is refused", async () => {
    const { status, body } = await api.get(path, { limit: 3, continue: "nonsense" });
    expect([status, body.reason]).toEqual([400, "BadRequest"]);
  });
});

describe("a label selector", () => {
  const cases: [string, string[]][] = [
    ["parity=even", ["s0", "s2", "s4", "s6"]],
    ["parity==odd", ["s1", "s3", "s5"]],
    ["parity!=odd", ["s0", "s2", "s4", "s6"]],
    ["small", ["s0", "s1", "s2"]],
    ["!small", ["s3", "s4", "s5", "s6"]],
    ["small=", ["s0", "s1", "s2"]],
    ["n in (1, 2,9)", ["s1", "s2"]],
    ["n notin (1,2),parity=even", ["s0", "s4", "s6"]],
    ["absent notin (x)", ["s0", "s1", "s2", "s3", "s4", "s5", "s6"]],
    ["n>4", ["s5", "s6"]],
    ["n<1", ["s0"]],
    ["parity=even,small", ["s0", "s2"]],
    ["parity=neither", []],
  ];
  for (const [selector, names] of cases) {
    test(`${selector} finds ${names.join(" ") || "nothing"}`, async () => {
      expect(namesOf((await api.get(path, { labelSelector: selector })).body)).toEqual(names);
    });
  }

  test("that cannot be read is refused", async () => {
    for (const selector of ["parity in (even", "=x", "a=b=c", "n>x", "in ()"]) {
      const { status, body } = await api.get(path, { labelSelector: selector });
      expect([selector, status, body.reason]).toEqual([selector, 400, "BadRequest"]);
    }
  });
});

describe("a field selector", () => {
  test("knows name and namespace for every kind, and fields of some", async () => {
    expect(namesOf((await api.get(path, { fieldSelector: "metadata.name=s1" })).body)).toEqual(["s1"]);
    expect(namesOf((await api.get(path, { fieldSelector: "metadata.name!=s1,metadata.name!=s2" })).body)).not.toContain("s1");
    expect(
      namesOf((await api.get("/api/v1/secrets", { fieldSelector: `metadata.namespace=${namespace},metadata.name=s2` })).body),
    ).toEqual(["s2"]);
    expect(namesOf((await api.get(path, { fieldSelector: "type=example.com/six" })).body)).toEqual(["s6"]);
    expect(namesOf((await api.get(path, { fieldSelector: "type!=Opaque" })).body)).toEqual(["s6"]);
  });

  test("finds the pods of a node and of a phase", async () => {
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const spec = { containers: [{ name: "c", image: "x" }] };
    await api.make(pods, { metadata: { name: "bound" }, spec: { ...spec, nodeName: "somewhere" } });
    await api.make(pods, { metadata: { name: "unbound" }, spec });
    expect(namesOf((await api.get("/api/v1/pods", { fieldSelector: "spec.nodeName=somewhere" })).body)).toEqual(["bound"]);
    expect(namesOf((await api.get(pods, { fieldSelector: "spec.nodeName=,status.phase=Pending" })).body)).toEqual(["unbound"]);
  });

  test("of a field that nobody selects by is refused with the ones that can be", async () => {
    const { status, body } = await api.get(configMaps(namespace), { fieldSelector: "data.a=1" });
    expect([status, body.reason]).toEqual([400, "BadRequest"]);
    expect(body.message).toContain('"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"');
  });
});

describe("a resourceVersion of a list", () => {
  test("0 is whatever is at hand, and one of now is not older than it", async () => {
    const { body } = await api.get(path);
    const { resourceVersion } = body.metadata;
    expect((await api.get(path, { resourceVersion: 0 })).status).toBe(200);
    const fresh = await api.get(path, { resourceVersion, resourceVersionMatch: "NotOlderThan" });
    expect(BigInt(fresh.body.metadata.resourceVersion)).toBeGreaterThanOrEqual(BigInt(resourceVersion));
  });

  test("with Exact is the state of that moment", async () => {
    const { body } = await api.get(path);
    await api.make(path, { metadata: { name: "later" } });
    const then = await api.get(path, {
      resourceVersion: body.metadata.resourceVersion,
      resourceVersionMatch: "Exact",
      limit: 500,
    });
    expect(namesOf(then.body)).toEqual(namesOf(body));
    await api.delete(`${path}/later`);
  });

  test("that is no number, or a match without one, is refused", async () => {
    expect((await api.get(path, { resourceVersion: "x", resourceVersionMatch: "Exact" })).status).toBeGreaterThanOrEqual(400);
    expect((await api.get(path, { resourceVersionMatch: "Exact" })).status).toBe(422);
  });
});

describe("deletecollection", () => {
  test("deletes what a selector finds, and no more", async () => {
    const maps = configMaps(await newNamespace(api));
    for (const name of ["a", "b", "c"]) await api.make(maps, configMap(name, { labels: { go: name === "b" ? "no" : "yes" } }));
    const { status, body } = await api.delete(maps, undefined, { labelSelector: "go=yes" });
    expect([status, body.kind]).toEqual([200, "ConfigMapList"]);
    expect(namesOf((await api.get(maps, { labelSelector: "go" })).body)).toEqual(["b"]);
  });
});
