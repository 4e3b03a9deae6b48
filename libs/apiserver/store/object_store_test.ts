// SPDX-License-Identifier: Apache-2.0
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ObjectStore } from "./object_store.ts";
import type { Change, Storable } from "./stored_object.ts";

let dir: string;
let store: ObjectStore;
const open = (historyLimit?: number) =>
  new ObjectStore(join(dir, "objects.sqlite"), { durability: "process", ...(historyLimit !== undefined && { historyLimit }) });

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "strait-store-"));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

const key = (name: string, namespace = "a") => ({ resource: "pods", namespace, name });
const object = (uid = "u", more: object = {}): Storable => ({ metadata: { uid, ...more } });

test("a store gives every write the next resourceVersion and puts it into the object", () => {
  const first = store.put(key("x"), object());
  const second = store.put(key("y"), object("v"));
  expect(second.rv).toBe(first.rv + 1);
  expect(JSON.parse(store.get(key("y"))?.body ?? "").metadata.resourceVersion).toBe(String(second.rv));
});

test("a store never gives a resourceVersion twice, also where nothing is left and it was opened again", () => {
  const { rv } = store.put(key("x"), object());
  const gone = store.remove(key("x"), object(), store.get(key("x")) as never);
  store.close();
  store = open();
  expect(store.revision).toBe(gone.rv);
  expect(store.put(key("x"), object()).rv).toBeGreaterThan(rv + 1);
});

test("a list is ordered by namespace and name, and goes on after a key", () => {
  for (const [namespace, name] of [
    ["b", "1"],
    ["a", "2"],
    ["a", "1"],
    ["a", "10"],
  ] as const)
    store.put(key(name, namespace), object(`${namespace}${name}`));
  const ids = (range: object) => store.list({ resource: "pods", ...range }).map(({ namespace, name }) => `${namespace}/${name}`);
  expect(ids({})).toEqual(["a/1", "a/10", "a/2", "b/1"]);
  expect(ids({ after: { namespace: "a", name: "10" }, limit: 1 })).toEqual(["a/2"]);
  expect(ids({ namespace: "b" })).toEqual(["b/1"]);
  expect(store.count({ resource: "pods", namespace: "a" })).toBe(3);
});

test("changes after a resourceVersion are told with the state before, until they are forgotten", () => {
  store.close();
  store = open(4);
  const first = store.put(key("x"), object());
  store.put(key("x"), object("u", { labels: { a: "b" } }), store.get(key("x")));
  const [change] = store.changesAfter("pods", first.rv) ?? [];
  expect([change?.type, change?.old]).toEqual(["MODIFIED", first.body]);
  for (let index = 0; index < 10; index++) store.put(key(`n${index}`), object(`n${index}`));
  expect(store.changesAfter("pods", first.rv)).toBeUndefined();
  expect(store.changesAfter("pods", store.floor)?.length).toBe(store.revision - store.floor);
});

test("listeners hear of each change once it can be read", () => {
  const heard: string[] = [];
  const off = store.onChange((change: Change) => heard.push(`${change.type} ${store.get(change)?.name ?? "gone"}`));
  store.put(key("x"), object());
  store.remove(key("x"), object(), store.get(key("x")) as never);
  off();
  store.put(key("y"), object());
  expect(heard).toEqual(["ADDED x", "DELETED gone"]);
});

test("owners are found by their uid, and those that do not exist are named", () => {
  store.put(key("parent"), object("p"));
  store.put(key("child"), object("c", { ownerReferences: [{ uid: "p" }, { uid: "nobody" }] }));
  expect(store.ownedBy("p").map(({ name }) => name)).toEqual(["child"]);
  expect(store.missingOwners()).toEqual(["nobody"]);
  store.put(key("child"), object("c"), store.get(key("child")));
  expect([store.ownedBy("p"), store.missingOwners()]).toEqual([[], []]);
});

test("a store whose disk is full refuses the write whole, reads on, and writes again when there is room", () => {
  store.close();
  store = new ObjectStore(join(dir, "objects.sqlite"), { durability: "power", maxBytes: 1 << 20 });
  const heard: number[] = [];
  store.onChange(({ rv }) => heard.push(rv));
  const big = { labels: { a: "x".repeat(100_000) } };
  let written = 0;
  const fill = () => {
    for (;;) {
      store.put(key(`big${written}`), object(`big${written}`, big));
      written++;
    }
  };
  expect(fill).toThrow("database or disk is full");
  const { revision } = store;
  expect(() => store.put(key("more"), object("more", big))).toThrow("database or disk is full");
  // Nothing of the refused writes is left: no object, no change, no number that was given away.
  expect(store.revision).toBe(revision);
  expect(heard).toEqual(Array.from({ length: written }, (_, index) => revision - written + 1 + index));
  expect(store.count({ resource: "pods" })).toBe(written);
  expect(store.get(key("more"))).toBeUndefined();
  expect(store.changesAfter("pods", revision)).toEqual([]);
  store.close();
  store = open();
  expect(store.revision).toBe(revision);
  expect(store.put(key("more"), object("more", big)).rv).toBe(revision + 1);
});

test("a committed write is told although the disk has no room to forget what is old", () => {
  store.close();
  store = open(2);
  const { run } = Database.prototype;
  const heard: string[] = [];
  store.onChange(({ name }) => heard.push(name));
  Database.prototype.run = () => {
    throw new Error("database or disk is full");
  };
  try {
    for (let index = 0; index < 6; index++) store.put(key(`n${index}`), object(`n${index}`));
  } finally {
    Database.prototype.run = run;
  }
  expect(heard).toEqual(["n0", "n1", "n2", "n3", "n4", "n5"]);
  const before = store.floor;
  store.put(key("last"), object("last"));
  expect(store.floor).toBeGreaterThan(before);
});
