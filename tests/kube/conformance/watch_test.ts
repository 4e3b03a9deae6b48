// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, test } from "bun:test";
import { type Api, admin } from "../support/api.ts";
import { configMap, configMaps, newNamespace, unique } from "../support/objects.ts";
import { Watch } from "../support/watch.ts";

let api: Api;

beforeAll(async () => {
  api = await admin();
});

/** ConfigMaps of a new namespace, without the one that holds the cluster's certificate, and the resourceVersion to begin at. */
async function fresh(): Promise<{ path: string; begin: string; only: Record<string, string> }> {
  const path = configMaps(await newNamespace(api));
  const { body } = await api.get(path);
  return { path, begin: body.metadata.resourceVersion, only: { fieldSelector: "metadata.name!=kube-root-ca.crt" } };
}

describe("a watch", () => {
  test("from a list's resourceVersion has every change after it, in order, with whole objects", async () => {
    const { path, begin, only } = await fresh();
    using watch = await Watch.open(api, path, { resourceVersion: begin, ...only });
    const made = await api.make(path, configMap("a"));
    const changed = await api.put(`${path}/a`, { ...made, data: { a: "2" } });
    await api.delete(`${path}/a`);
    const [added, modified, deleted] = [await watch.next(), await watch.next(), await watch.next()];
    expect(added).toEqual({ type: "ADDED", object: made });
    expect(modified).toEqual({ type: "MODIFIED", object: changed.body });
    expect([deleted?.type, deleted?.object.data]).toEqual(["DELETED", { a: "2" }]);
    expect(BigInt(deleted?.object.metadata.resourceVersion)).toBeGreaterThan(BigInt(changed.body.metadata.resourceVersion));
  });

  test("can go on from the resourceVersion of any event, with nothing lost and nothing twice", async () => {
    const { path, begin, only } = await fresh();
    for (let n = 0; n < 20; n++) await api.make(path, configMap(`n${n}`));
    const seen: string[] = [];
    for (let from = begin; seen.length < 20; ) {
      using watch = await Watch.open(api, path, { resourceVersion: from, ...only });
      for (let n = 0; n < 7 && seen.length < 20; n++) {
        const event = await watch.next();
        seen.push(event?.object.metadata.name);
        from = event?.object.metadata.resourceVersion;
      }
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => `n${n}`));
  });

  test("without a resourceVersion, or from 0, begins with what is there", async () => {
    const { path, only } = await fresh();
    for (const name of ["b", "a"]) await api.make(path, configMap(name));
    for (const query of [{}, { resourceVersion: 0 }] as Record<string, number>[]) {
      using watch = await Watch.open(api, path, { ...query, ...only });
      expect((await watch.names(2)).sort()).toEqual(["ADDED a", "ADDED b"]);
      await api.patch("merge-patch", `${path}/a`, { data: { n: `${Object.keys(query).length}` } });
      expect(await watch.names(1)).toEqual(["MODIFIED a"]);
    }
  });

  test("ends by itself after timeoutSeconds", async () => {
    const { path, begin, only } = await fresh();
    const watch = await Watch.open(api, path, { resourceVersion: begin, timeoutSeconds: 1, ...only });
    expect(await watch.next()).toBeUndefined();
  });

  test("with allowWatchBookmarks has one past what it does not see before it ends, and a watch can go on from it", async () => {
    const { path, begin, only } = await fresh();
    const elsewhere = configMaps("default");
    await api.make(path, configMap("a"));
    const query = { resourceVersion: begin, allowWatchBookmarks: true, timeoutSeconds: 4, ...only };
    const watch = await Watch.open(api, path, query);
    const unseen = await api.make(elsewhere, configMap(unique("unseen")));
    const events = await watch.rest();
    expect(events[0]?.type).toBe("ADDED");
    const bookmark = events.at(-1);
    expect([bookmark?.type, bookmark?.object.kind, bookmark?.object.apiVersion]).toEqual(["BOOKMARK", "ConfigMap", "v1"]);
    const { resourceVersion } = bookmark?.object.metadata ?? {};
    expect(BigInt(resourceVersion)).toBeGreaterThanOrEqual(BigInt(unseen.metadata.resourceVersion));
    await api.make(path, configMap("b"));
    using again = await Watch.open(api, path, { resourceVersion, ...only });
    expect(await again.names(1)).toEqual(["ADDED b"]);
  });

  test("with sendInitialEvents begins with what is there and a bookmark that says so", async () => {
    const { path, only } = await fresh();
    for (const name of ["a", "b"]) await api.make(path, configMap(name));
    const query = { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan", allowWatchBookmarks: true, ...only };
    using watch = await Watch.open(api, path, query);
    expect((await watch.names(2)).sort()).toEqual(["ADDED a", "ADDED b"]);
    const bookmark = await watch.next();
    expect(bookmark?.type).toBe("BOOKMARK");
    expect(bookmark?.object.metadata.annotations).toEqual({ "k8s.io/initial-events-end": "true" });
    await api.make(path, configMap("c"));
    expect(await watch.names(1)).toEqual(["ADDED c"]);
  });

  test("of all namespaces has the events of each", async () => {
    const [one, two] = [await fresh(), await fresh()];
    using watch = await Watch.open(api, "/api/v1/configmaps", { resourceVersion: two.begin, labelSelector: "watched" });
    await api.make(one.path, configMap("a", { labels: { watched: "" } }));
    await api.make(two.path, configMap("b", { labels: { watched: "" } }));
    expect(await watch.names(2)).toEqual(["ADDED a", "ADDED b"]);
  });

  test("serves many at once", async () => {
    const { path, begin, only } = await fresh();
    const watches = await Promise.all(
      Array.from({ length: 50 }, () => Watch.open(api, path, { resourceVersion: begin, ...only })),
    );
    await api.make(path, configMap("a"));
    const seen = await Promise.all(watches.map((watch) => watch.names(1)));
    for (const watch of watches) watch.end();
    expect(seen).toEqual(Array(50).fill(["ADDED a"]));
  });

  test("has an object of half a megabyte whole", async () => {
    const { path, begin, only } = await fresh();
    using watch = await Watch.open(api, path, { resourceVersion: begin, ...only });
    const data = { a: "x".repeat(500_000) };
    await api.make(path, configMap("big", { data }));
    expect((await watch.next())?.object.data).toEqual(data);
  });
});

describe("a watch with a selector", () => {
  test("says DELETED when an object leaves the selection, and ADDED when it comes in", async () => {
    const { path, begin } = await fresh();
    using watch = await Watch.open(api, path, { resourceVersion: begin, labelSelector: "app=x" });
    await api.make(path, configMap("a", { labels: { app: "y" } }));
    const set = (labels: Record<string, string | null>) => api.patch("merge-patch", `${path}/a`, { metadata: { labels } });
    await set({ app: "x" });
    await set({ more: "1" });
    const left = await set({ app: null });
    await set({ more: "2" });
    await set({ app: "x" });
    await api.delete(`${path}/a`);
    const events = [await watch.next(), await watch.next(), await watch.next(), await watch.next(), await watch.next()];
    expect(events.map((event) => event?.type)).toEqual(["ADDED", "MODIFIED", "DELETED", "ADDED", "DELETED"]);
    // What left is shown as it was last in the selection, at the resourceVersion at which it left.
    expect(events[2]?.object.metadata.labels).toEqual({ app: "x", more: "1" });
    expect(events[2]?.object.metadata.resourceVersion).toBe(left.body.metadata.resourceVersion);
  });

  test("of one name sees that object only", async () => {
    const { path, begin } = await fresh();
    using watch = await Watch.open(api, path, { resourceVersion: begin, fieldSelector: "metadata.name=b" });
    for (const name of ["a", "b", "c"]) await api.make(path, configMap(name));
    await api.delete(`${path}/b`);
    expect(await watch.names(2)).toEqual(["ADDED b", "DELETED b"]);
  });
});

describe("a watch that cannot be", () => {
  test("from a resourceVersion that is no number is refused", async () => {
    const { path } = await fresh();
    const { status } = await api.get(path, { watch: 1, resourceVersion: "x", timeoutSeconds: 1 });
    expect(status).toBeGreaterThanOrEqual(400);
  });

  test("of a kind that is not there is NotFound", async () => {
    const { status, body } = await api.get("/api/v1/namespaces/default/nothings", { watch: 1, timeoutSeconds: 1 });
    expect([status, body.reason]).toEqual([404, "NotFound"]);
  });

  test("with a selector that cannot be read is refused", async () => {
    const { path } = await fresh();
    expect((await api.get(path, { watch: 1, labelSelector: "a in (", timeoutSeconds: 1 })).status).toBe(400);
  });
});
