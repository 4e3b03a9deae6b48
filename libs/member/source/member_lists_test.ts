// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { ApiClient, EndpointKind } from "@strait/k8s";
import { FakeApiServer, failure, until } from "@strait/k8s/testing";
import { Log } from "@strait/obs";
import { systemTimers } from "@strait/time";
import { HERE } from "../testing/sync_scene.ts";
import { MemberLists } from "./member_lists.ts";

// Each wait has a limit of its own, which a busy machine may come near to.
setDefaultTimeout(40_000);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function build(role: "gateway" | "agent") {
  const server = new FakeApiServer();
  const client = new ApiClient(server.connection());
  const lists = new MemberLists({ client, namespace: HERE, role, log: new Log({ write: () => {} }), timers: systemTimers });
  ends.push(() => server.stop());
  ends.push(() => client.close());
  ends.push(() => lists.stop());
  return { server, lists };
}

test.each([
  ["agent", 0],
  ["gateway", 1],
] as const)(
  "the lists of a member that is an %s ask %p times for gateways, and are there once all were read",
  async (role, times) => {
    const { server, lists } = build(role);
    let told = 0;
    lists.onState(() => told++);
    expect([lists.synced, lists.away, lists.refused]).toEqual([false, undefined, []]);
    lists.start();
    await until("all lists", () => lists.synced);
    expect(server.requests.filter(({ path, verb }) => verb === "list" && path.endsWith("/gateways"))).toHaveLength(times);
    expect(told).toBeGreaterThan(0);
  },
);

test("the lists of a member are not there while one cannot be read, and say so in one sentence", async () => {
  const { server, lists } = build("agent");
  server.intercept = ({ path }) => (path.includes("submariner") ? failure(500, "InternalError", "no leader") : undefined);
  lists.start();
  await until("the nodes, and both faults", () => {
    const { nodes, clusters, endpoints } = lists;
    return nodes.state.synced && [clusters, endpoints].every(({ state }) => state.reason?.includes("no leader"));
  });
  expect(lists.synced).toBe(false);
  expect(lists.away).toContain("no leader");
});

test("the lists of a member name what does not decode", async () => {
  const { server, lists } = build("agent");
  server.objects(EndpointKind).put({ metadata: { name: "west", namespace: HERE }, spec: { cluster_id: 7 } });
  lists.start();
  await until("all lists", () => lists.synced);
  expect(lists.refused).toEqual([expect.stringMatching(/^submariner-operator\/west: .*cluster_id/)]);
});
