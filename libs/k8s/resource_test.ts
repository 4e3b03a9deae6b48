// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { ApiClient, failedWith, NodeKind, PodKind } from "./mod.ts";
import { FakeApiServer, failure, type RawObject } from "./testing/mod.ts";

let server = new FakeApiServer();
afterEach(async () => {
  await server.stop();
  server = new FakeApiServer();
});

const pods = (options = {}) => new ApiClient(server.connection(), options).resource(PodKind);
const pod = (name: string, more: object = {}): RawObject => ({ metadata: { name, namespace: "default" }, ...more });
const many = (count: number) => Array.from({ length: count }, (_, index) => pod(`p${index}`, { spec: { nodeName: "n" } }));

test("a resource lists all pages", async () => {
  server.objects(PodKind).fill(many(1201));
  const { items, resourceVersion, refused } = await pods().list();
  expect(items).toHaveLength(1201);
  expect(items[0]).toMatchObject({ apiVersion: "v1", kind: "Pod", spec: { nodeName: "n" } });
  expect(resourceVersion).toBe("1201");
  expect(refused).toEqual([]);
  expect(server.asked("list").map(({ query }) => query.get("limit"))).toEqual(["500", "500", "500"]);
});

test("a resource starts its list again where the server forgot the version between two pages", async () => {
  server.objects(PodKind).fill(many(30));
  server.intercept = () => {
    if (server.requests.length === 2) server.compact();
    return undefined;
  };
  const { items, resourceVersion } = await pods().list({ limit: 10 });
  expect(items).toHaveLength(30);
  expect(resourceVersion).toBe("31");
  expect(server.requests).toHaveLength(5);
});

test("a resource asks for the list in one piece where paging fails twice", async () => {
  server.objects(PodKind).fill(many(30));
  server.intercept = ({ query }) => (query.has("continue") ? failure(410, "Expired", "too old") : undefined);
  expect((await pods().list({ limit: 10 })).items).toHaveLength(30);
  expect(server.requests.map(({ query }) => query.get("limit"))).toEqual(["10", "10", "10", "10", null]);
});

test("a resource asks for smaller pages where one is too large", async () => {
  server.objects(PodKind).fill(many(20));
  const { items } = await pods({ maxBytes: 1500 }).list({ limit: 20 });
  expect(items).toHaveLength(20);
  expect(server.requests[0]?.query.get("limit")).toBe("20");
  expect(server.requests[1]?.query.get("limit")).toBe("5");
});

test("a resource names what does not decode and gives the rest", async () => {
  server.objects(PodKind).fill([pod("good"), pod("bad", { spec: { nodeName: 5 } })]);
  const { items, refused } = await pods().list();
  expect(items.map(({ metadata }) => metadata.name)).toEqual(["good"]);
  expect(refused).toEqual([{ name: "default/bad", reason: expect.stringContaining("spec.nodeName") }]);
});

test("a resource takes the known object in place of one of the same uid and version", async () => {
  server.objects(PodKind).fill(many(2));
  const { items } = await pods().list();
  const [first, second] = items;
  server.objects(PodKind).put(pod("p1", { spec: { nodeName: "other" } }));
  const again = await pods().list({ known: (key) => (key === "default/p0" ? first : second) });
  expect(again.items[0]).toBe(first as NonNullable<typeof first>);
  expect(again.items[1]?.spec?.nodeName).toBe("other");
});

test("a resource answers undefined and false for what is not there", async () => {
  expect(await pods().get("a", { namespace: "default" })).toBeUndefined();
  expect(await pods().delete("a", { namespace: "default" })).toBe(false);
});

test("a resource creates, reads, replaces, patches, applies and deletes", async () => {
  const client = pods();
  const created = await client.create({ metadata: { name: "a", namespace: "default" }, spec: { nodeName: "n1" } });
  expect(created.metadata.uid).toBeString();
  const replaced = await client.replace({ ...created, spec: { nodeName: "n2" } });
  expect(replaced.spec?.nodeName).toBe("n2");
  const stale = await client.replace(created).catch((error: unknown) => error);
  expect(failedWith(stale, "Conflict")).toBe(true);
  const again = await client.create(created).catch((error: unknown) => error);
  expect(failedWith(again, "AlreadyExists")).toBe(true);
  await client.patch("a", { metadata: { labels: { x: "y" } } }, { type: "merge", namespace: "default" });
  expect((await client.get("a", { namespace: "default" }))?.metadata.labels).toEqual({ x: "y" });
  await client.apply(
    { metadata: { name: "a", namespace: "default" }, spec: { nodeName: "n3" } },
    { fieldManager: "t", force: true },
  );
  const other = await client.delete("a", { namespace: "default", uid: "other" }).catch((error: unknown) => error);
  expect(failedWith(other, "Conflict")).toBe(true);
  expect(await client.delete("a", { namespace: "default", propagation: "Foreground" })).toBe(true);
});

test("a resource sends each write in the form Kubernetes wants", async () => {
  const client = pods();
  await client.apply({ metadata: { name: "a", namespace: "default" }, spec: {} }, { fieldManager: "strait", force: true });
  await client.patch("a", [], { type: "json", namespace: "default", subresource: "status" }).catch(() => {});
  await client.patch("a", {}, { type: "strategic", namespace: "default" });
  await client.delete("a", { namespace: "default", uid: "u", propagation: "Orphan" }).catch(() => {});
  const [apply, json, strategic, remove] = server.requests;
  expect(apply?.headers.get("content-type")).toBe("application/apply-patch+yaml");
  expect(Object.fromEntries(apply?.query ?? [])).toEqual({ fieldManager: "strait", force: "true" });
  expect(apply?.body).toMatchObject({ apiVersion: "v1", kind: "Pod" });
  expect(json?.headers.get("content-type")).toBe("application/json-patch+json");
  expect(json?.path).toBe("/api/v1/namespaces/default/pods/a/status");
  expect(strategic?.headers.get("content-type")).toBe("application/strategic-merge-patch+json");
  expect(remove?.body).toMatchObject({ propagationPolicy: "Orphan", preconditions: { uid: "u" } });
});

test("a resource keeps members it does not know, through a read and a write", async () => {
  server.objects(PodKind).put(pod("a", { spec: { nodeName: "n", priority: 7, containers: [{ name: "c", future: [1] }] } }));
  const client = pods();
  const read = await client.get("a", { namespace: "default" });
  if (read) await client.replace(read);
  expect(server.objects(PodKind).get("default/a")?.["spec"]).toEqual({
    nodeName: "n",
    priority: 7,
    containers: [{ name: "c", future: [1] }],
  });
});

test("a resource reads null as missing, as Go's clients write it", async () => {
  server.objects(PodKind).put({ metadata: { name: "a", namespace: "d", creationTimestamp: null, labels: null }, spec: null });
  expect((await pods().get("a", { namespace: "d" }))?.spec).toBeUndefined();
});

test("a resource refuses names that would lead to another path", async () => {
  const nodes = new ApiClient(server.connection()).resource(NodeKind);
  for (const name of ["..", ".", "", "a/b", "a%2fb"]) {
    const error = await nodes.get(name).catch((one: unknown) => one);
    expect(failedWith(error, "Invalid")).toBe(true);
  }
  const nowhere = await pods()
    .get("a")
    .catch((one: unknown) => one);
  expect(failedWith(nowhere, "Invalid")).toBe(true);
  expect(server.requests).toEqual([]);
});

test("a resource says what is wrong with an object that it was answered", async () => {
  server.objects(PodKind).put(pod("a", { spec: "none" }));
  const error = await pods()
    .get("a", { namespace: "default" })
    .catch((one: unknown) => one);
  expect(failedWith(error, "Malformed")).toBe(true);
  expect((error as Error).message).toContain('pods "default/a"');
});

test("a resource's watch gives events one by one, and ends when the server ends it", async () => {
  const seen: string[] = [];
  const signal = new AbortController().signal;
  const done = (async () => {
    for await (const event of pods().watch({ resourceVersion: "0", signal })) {
      seen.push(event.type === "BOOKMARK" ? `${event.type} ${event.resourceVersion}` : event.type);
      if (seen.length === 1) server.objects(PodKind).put(pod("b", { spec: "none" }));
      if (seen.length === 2) server.objects(PodKind).delete("default/a");
      if (seen.length === 3) server.watches.bookmark();
      if (seen.length === 4) server.watches.end();
    }
  })();
  server.objects(PodKind).put(pod("a"));
  await done;
  expect(seen).toEqual(["ADDED", "REFUSED", "DELETED", "BOOKMARK 3"]);
});
