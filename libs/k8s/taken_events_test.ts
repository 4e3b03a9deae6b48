// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Log, StateLog } from "@strait/obs";
import type { KubeObject } from "./kube_object.ts";
import { Refusals } from "./refusals.ts";
import { Store } from "./store.ts";
import { TakenEvents } from "./taken_events.ts";

const object = (name: string, resourceVersion: string): KubeObject => ({ metadata: { name, uid: name, resourceVersion } });
const refused = (key: string, deleted = false) =>
  ({ type: "REFUSED", key, reason: "it does not decode", deleted, resourceVersion: "9" }) as const;

function build() {
  const store = new Store<KubeObject>();
  const refusals = new Refusals(new StateLog(new Log({ write: () => {} })));
  const taken = () => new TakenEvents(store, refusals);
  const told = (batch: TakenEvents<KubeObject>) =>
    batch.changes.map(({ type, object: { metadata } }) => `${type} ${metadata.name}`);
  return { store, refusals, taken, told };
}

test("taken events change the store one by one, and are told in their order, without what changed nothing", () => {
  const { store, taken, told } = build();
  const batch = taken();
  batch.take({ type: "ADDED", object: object("a", "1") });
  expect(store.size).toBe(1);
  batch.take({ type: "MODIFIED", object: object("a", "2") });
  batch.take({ type: "MODIFIED", object: object("a", "2") });
  batch.take({ type: "BOOKMARK", resourceVersion: "3" });
  batch.take({ type: "DELETED", object: object("b", "3") });
  batch.take({ type: "DELETED", object: object("a", "4") });
  expect([told(batch), store.size, batch.refusalsChanged]).toEqual([["put a", "put a", "delete a"], 0, false]);
});

test("taken events keep the last good state of what does not decode, until it is good again or goes", () => {
  const { store, refusals, taken, told } = build();
  const first = taken();
  first.take({ type: "ADDED", object: object("a", "1") });
  first.take(refused("a"));
  expect([told(first), first.refusalsChanged, store.get("a")?.metadata.resourceVersion]).toEqual([["put a"], true, "1"]);
  expect([...refusals.reasons.keys()]).toEqual(["a"]);

  const again = taken();
  again.take(refused("a"));
  expect([told(again), again.refusalsChanged]).toEqual([[], false]);

  const good = taken();
  good.take({ type: "MODIFIED", object: object("a", "3") });
  expect([told(good), good.refusalsChanged, refusals.reasons.size]).toEqual([["put a"], true, 0]);

  const gone = taken();
  gone.take(refused("a", true));
  expect([told(gone), gone.refusalsChanged, store.size]).toEqual([["delete a"], false, 0]);
});
