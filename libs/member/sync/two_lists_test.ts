// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { ApiClient, type Cluster, ClusterKind } from "@strait/k8s";
import { type RawObject, until } from "@strait/k8s/testing";
import { Log } from "@strait/obs";
import { systemTimers } from "@strait/time";
import { HERE, published, pushed, put, server, stopAll, THERE } from "../testing/sync_scene.ts";
import { clusterRules } from "./sync_rules.ts";
import { TwoLists } from "./two_lists.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await stopAll();
});

const clusterOf = (id: string, n: number): RawObject => published(id, n)[0] as RawObject;

/** The lists of the Clusters as east follows them. */
function build() {
  const [local, broker] = [server(), server()];
  const clients = { local: new ApiClient(local.connection()), broker: new ApiClient(broker.connection()) };
  const sides = { clusterId: "east", namespace: HERE, brokerNamespace: THERE };
  const log = new Log({ write: () => {} });
  const lists = new TwoLists<Cluster>({ kind: ClusterKind, rules: clusterRules, clients, sides, log, timers: systemTimers });
  ends.push(async () => {
    await lists.stop();
    clients.local.close();
    clients.broker.close();
  });
  return { local, broker, lists };
}

test("two lists show what both sides have under a name, whose it is, and whether its cluster is there at all", async () => {
  const { local, broker, lists } = build();
  put(local, clusterOf("east", 1), { ...pushed(clusterOf("west", 2), "west"), metadata: { name: "west", namespace: HERE } });
  put(broker, pushed(clusterOf("south", 3), "south"), pushed(clusterOf("west", 2), "west"));
  expect([lists.synced, lists.away("broker")]).toEqual([false, expect.any(String)]);
  lists.start();
  await until("both lists", () => lists.synced);
  const { local: here, broker: there, spoken } = lists.pair("west");
  expect([here?.metadata.namespace, there?.metadata.namespace, spoken]).toEqual([HERE, THERE, true]);
  expect(lists.pair("east")).toMatchObject({ broker: undefined, spoken: false });
  expect(lists.pair("nobody")).toMatchObject({ local: undefined, broker: undefined, spoken: false });
  expect(lists.ofCluster("local").map((each) => [each.metadata.name, lists.isOurs(each)])).toEqual([["east", true]]);
  expect(lists.ofCluster("broker", "south").map(({ metadata }) => metadata.name)).toEqual(["south"]);
  expect(lists.all("broker").map((each) => lists.clusterOf(each))).toEqual(["south", "west"]);
});

test("two lists say of what cannot be read where that is and why, and that it is there", async () => {
  const { broker, lists } = build();
  put(broker, { ...pushed(clusterOf("west", 2), "west"), spec: { cluster_id: 7 } });
  lists.start();
  await until("both lists", () => lists.synced);
  expect([...lists.unreadable()]).toEqual([["west", expect.stringMatching(/^it cannot be read on the broker: .*cluster_id/)]]);
  expect(lists.pair("west").broker).toBeUndefined();
  expect(lists.pair("west").brokerRefused).toContain("cluster_id");
});
