// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { NodeSpec, Planner } from "@strait/model";
import { Log, type LogOptions } from "@strait/obs";
import { AgentPlanner, GatewayPlanner } from "@strait/plan";
import { FakeTimers } from "@strait/time/testing";
import { NodeLoop } from "./node_loop.ts";
import { NodeState } from "./node_state.ts";
import { clusterFile } from "./testing/cluster_file.ts";
import { FakeDataplane, FakeKernel, nodeFacts } from "./testing/fake_dataplane.ts";

function build(
  kernel = new FakeKernel(),
  level: LogOptions["level"] = "info",
  planner: () => Planner = () => new GatewayPlanner(),
) {
  const timers = new FakeTimers();
  const dataplane = new FakeDataplane(kernel);
  const lines: string[] = [];
  const log = new Log({ level, write: (line) => lines.push(line) });
  const state = new NodeState();
  let file = clusterFile();
  const backoff = { random: () => 0.999999 };
  const loop = new NodeLoop({ dataplane, planner, file: () => file, state, log, timers, backoff });
  return { kernel, timers, dataplane, lines, state, loop, change: (next: typeof file) => (file = next) };
}

test("a node loop applies what the config wants and is ready", async () => {
  const { loop, state, timers, kernel } = build();
  expect(state.ready).toBe(false);
  loop.start();
  await timers.advance(0);
  expect(state.ready).toBe(true);
  expect(state.totals.writes).toBeGreaterThan(256);
  expect(kernel.rows.slots.size).toBe(256);
  await loop.stop();
});

test("a node loop of a restarted process finds its rows and writes nothing", async () => {
  const first = build();
  first.loop.start();
  await first.timers.advance(0);
  await first.loop.stop();
  const second = build(first.kernel);
  second.loop.start();
  await second.timers.advance(120_000);
  expect(second.state.totals).toMatchObject({ applies: 3, writes: 0, removes: 0 });
  expect(second.state.ready).toBe(true);
  await second.loop.stop();
});

test("a node loop stopped leaves every row in place", async () => {
  const { loop, timers, kernel } = build();
  loop.start();
  await timers.advance(0);
  const rows = kernel.rows;
  await loop.stop();
  await timers.advance(120_000);
  expect(kernel.rows).toBe(rows);
  expect(kernel.applies).toBe(1);
});

test("a node loop gathers a storm of kernel news into one pass", async () => {
  const { loop, timers, dataplane, kernel } = build();
  loop.start();
  await timers.advance(0);
  for (let i = 0; i < 100; i++) dataplane.change();
  await timers.advance(49);
  expect(kernel.applies).toBe(1);
  await timers.advance(1);
  expect(kernel.applies).toBe(2);
  await timers.advance(1000);
  expect(kernel.applies).toBe(2);
  await loop.stop();
});

test.each([
  ["back", -3_600_000],
  ["forward", 3_600_000],
])("a node loop sees what changes as soon as ever after the clock was set %s by an hour", async (_, skew) => {
  const { loop, timers, dataplane, kernel } = build();
  loop.start();
  await timers.advance(1000);
  timers.skew = skew;
  dataplane.change();
  await timers.advance(100);
  expect(kernel.applies).toBe(2);
  await timers.advance(60_000);
  expect(kernel.applies).toBe(3);
  await loop.stop();
});

test("a node loop takes a changed config at the next pass and writes only the difference", async () => {
  const { loop, timers, state, kernel, change } = build();
  loop.start();
  await timers.advance(0);
  const before = state.totals.writes;
  change(clusterFile({ clusters: [] }));
  loop.request("config");
  await timers.advance(0);
  expect(state.totals.writes).toBe(before);
  expect(state.totals.removes).toBe(before - 3); // all but: the cluster's own row, the self peer, what the cluster announces
  expect(kernel.rows.slots.size).toBe(0);
  await loop.stop();
});

test("node loops of a gateway that leaves keep its cables for as long as it is listed, and clear them once it is a worker", async () => {
  const kernel = new FakeKernel();
  const app = build(kernel);
  const agent = build(kernel, "info", () => new AgentPlanner());
  const pass = async (own: Partial<NodeSpec>) => {
    const [gw1, w1] = clusterFile().nodes as [NodeSpec, NodeSpec];
    for (const { change, loop, timers } of [app, agent]) {
      change(
        clusterFile({
          nodes: [
            { ...gw1, ...own },
            { ...w1, gateway: true },
          ],
        }),
      );
      loop.request("config");
      await timers.advance(0);
    }
    const { hops, peers, slots } = kernel.rows;
    const kindOf = (hop: number) => hops.get(String(hop))?.kind;
    const steered = new Set([...slots.values()].map(({ hop }) => kindOf(hop)));
    const cables = [...peers.values()].filter(({ role, flags }) => role === "cable" && flags.includes("gateway"));
    return { steered: [...steered], cables: cables.map(({ hop }) => kindOf(hop)) };
  };
  expect(await pass({})).toEqual({ steered: ["vxlan"], cables: ["vxlan"] });
  expect(await pass({ standby: true })).toEqual({ steered: ["vxlan"], cables: ["vxlan"] });
  expect(await pass({ standby: true, left: true })).toEqual({ steered: ["node"], cables: ["vxlan"] });
  expect(await pass({ standby: true })).toEqual({ steered: ["node"], cables: ["vxlan"] });
  expect(await pass({})).toEqual({ steered: ["vxlan"], cables: ["vxlan"] });
  expect(await pass({ standby: true, left: true })).toEqual({ steered: ["node"], cables: ["vxlan"] });
  expect(await pass({ gateway: false })).toEqual({ steered: ["node"], cables: [] });
  await Promise.all([app.loop.stop(), agent.loop.stop()]);
});

test("a node loop that cannot find facts says so once, keeps what was applied, retries and says when it works again", async () => {
  const { loop, timers, state, kernel, lines } = build();
  loop.start();
  await timers.advance(0);
  const rows = kernel.rows;
  kernel.obstacle = new Error("dump of links: EBUSY");
  loop.request("netlink");
  await timers.advance(5000);
  expect(state.totals.errors).toBe(5); // at 0, 250, 750, 1750 and 3750 ms
  expect(state.error).toBe("dump of links: EBUSY");
  expect(state.problems).toContainEqual({ object: "reconcile", reason: "dump of links: EBUSY" });
  expect(lines.filter((line) => line.includes("cannot reconcile"))).toHaveLength(1);
  expect(kernel.rows).toBe(rows);
  expect(state.ready).toBe(true);
  kernel.obstacle = undefined;
  await timers.advance(30_000);
  expect(state.error).toBeUndefined();
  expect(lines.filter((line) => line.includes("reconciling works again"))).toHaveLength(1);
  await loop.stop();
});

test("a node loop is not ready while an object cannot be written, and retries", async () => {
  const kernel = new FakeKernel();
  kernel.failures = [{ object: "route 10.2.0.0/16", reason: "EPERM" }];
  const { loop, timers, state, lines } = build(kernel);
  loop.start();
  await timers.advance(0);
  expect(state.ready).toBe(false);
  expect(state.totals.failures).toBe(1);
  kernel.failures = [];
  await timers.advance(250);
  expect(state.ready).toBe(true);
  expect(lines.filter((line) => line.includes("not applied") && line.includes("EPERM"))).toHaveLength(2); // begun, solved
  await loop.stop();
});

test("a node loop names a problem of the plan once and its end once", async () => {
  const { loop, timers, kernel, lines } = build();
  kernel.facts = nodeFacts({ paths: [] });
  loop.start();
  await timers.advance(200_000);
  expect(lines.filter((line) => line.includes("level=warn") && line.includes('object="cluster west"'))).toHaveLength(1);
  kernel.facts = nodeFacts();
  await timers.advance(60_000);
  expect(lines.filter((line) => line.includes("problem: solved") && line.includes('object="cluster west"'))).toHaveLength(1);
  await loop.stop();
});

test("a node loop listens again after it lost the kernel's news, and looks at everything once more", async () => {
  const { loop, timers, dataplane, kernel, lines } = build();
  loop.start();
  await timers.advance(0);
  dataplane.loseChanges(new Error("recv: ENOBUFS"));
  await timers.advance(300);
  expect(kernel.applies).toBe(2);
  expect(lines.join("")).toContain("ENOBUFS");
  dataplane.change();
  await timers.advance(50);
  expect(kernel.applies).toBe(3);
  expect(lines.join("")).toContain("the kernel's changes are seen again");
  await loop.stop();
});
