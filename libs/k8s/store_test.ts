// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { KubeObject } from "./kube_object.ts";
import { Store } from "./store.ts";

interface Placed extends KubeObject {
  readonly node?: string;
}

const pod = (name: string, node?: string, namespace = "default"): Placed => ({
  metadata: { name, namespace },
  ...(node !== undefined && { node }),
});

function build() {
  const store = new Store<Placed>();
  store.index("node", ({ node }) => (node === undefined ? [] : [node]));
  return store;
}

test("a store finds objects by namespace and name, and cluster-wide ones by name", () => {
  const store = build();
  store.put(pod("a"));
  store.put({ metadata: { name: "gw1" } });
  expect(store.get("default/a")).toEqual(pod("a"));
  expect(store.get("gw1")?.metadata.name).toBe("gw1");
  expect(store.get("a")).toBeUndefined();
  expect(store.size).toBe(2);
});

test("a store's index follows objects that are put, changed and taken out", () => {
  const store = build();
  store.put(pod("a", "n1"));
  store.put(pod("b", "n1"));
  expect(store.by("node", "n1").map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
  expect(store.put(pod("a", "n2"))).toEqual(pod("a", "n1"));
  expect(store.by("node", "n1")).toEqual([pod("b", "n1")]);
  expect(store.by("node", "n2")).toEqual([pod("a", "n2")]);
  store.put(pod("a"));
  expect(store.by("node", "n2")).toEqual([]);
  expect(store.delete("default/b")).toEqual(pod("b", "n1"));
  expect(store.delete("default/b")).toBeUndefined();
  expect(store.by("node", "n1")).toEqual([]);
});

test("a store's new index covers what is there already", () => {
  const store = build();
  store.put(pod("a", "n1"));
  store.index("namespace", ({ metadata }) => [metadata.namespace ?? ""]);
  expect(store.by("namespace", "default")).toHaveLength(1);
});

test("a store refuses an index that it does not have or has twice", () => {
  expect(() => build().by("nodes", "n1")).toThrow(TypeError);
  expect(() => build().index("node", () => [])).toThrow(TypeError);
});

test("a store's list stays the same array until something changes", () => {
  const store = build();
  store.put(pod("a"));
  const before = store.list();
  expect(store.list()).toBe(before);
  store.put(pod("b"));
  expect(store.list()).toHaveLength(2);
  expect(before).toHaveLength(1);
});
