// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { address, type ClusterFile, type ForwardFact, hostCidr, ifIndex, mac, type NodeFacts } from "@strait/model";
import { Random } from "@strait/model/testing";
import { AgentPlanner } from "./agent_planner.ts";
import { deliveryOf, goesThroughStack, keptSourcesOf } from "./delivery.ts";
import { randomScene } from "./testing/scenes.ts";

const { file, facts } = randomScene(new Random(1), "worker");
const pod = address("10.1.99.5");
const veth: NodeFacts["podInterfaces"][number] = {
  name: "veth7",
  ifindex: ifIndex(7),
  mac: mac("02:00:00:00:00:07"),
  sources: [hostCidr(pod)],
  pods: [{ address: pod }],
};
const calico: ForwardFact = { filters: ["table inet calico, chain forward"], masquerades: false };
const seen = (forward: ForwardFact | undefined, watchedBy?: string): NodeFacts => ({
  ...facts,
  podInterfaces: [{ ...veth, ...(watchedBy !== undefined && { watchedBy }) }],
  ...(forward && { forward }),
});
const chosen = (delivery: ClusterFile["delivery"]): ClusterFile => ({ ...file, ...(delivery && { delivery }) });

test.each<[string, ClusterFile["delivery"], ForwardFact | undefined, string | undefined, "direct" | "stack", string]>([
  [
    "where nobody filters",
    undefined,
    { filters: [], masquerades: true },
    undefined,
    "direct",
    "nobody filters what is forwarded",
  ],
  ["where nobody looked", undefined, undefined, undefined, "direct", "nobody filters what is forwarded"],
  ["where somebody filters", "auto", calico, undefined, "stack", "table inet calico, chain forward filters what is forwarded"],
  [
    "where many filter",
    "auto",
    { filters: ["a", "b", "c", "d", "e"], masquerades: false },
    undefined,
    "stack",
    "a and b and c and 2 more filter what is forwarded",
  ],
  ["where the config says stack", "stack", undefined, undefined, "stack", "the config says so"],
  ["where the config says direct", "direct", calico, "tc program p at egress", "direct", "the config says so"],
])("deliveryOf %s says the way and why", (_, delivery, forward, watchedBy, way, why) => {
  const decided = deliveryOf(chosen(delivery), seen(forward, watchedBy));
  expect(decided).toEqual({ way, why, exceptions: [] });
  expect(goesThroughStack(decided, veth)).toBe(way === "stack");
});

test("deliveryOf makes exceptions of interfaces at which somebody else looks", () => {
  const decided = deliveryOf(file, seen(undefined, "tc program policy at egress"));
  expect(decided).toMatchObject({ way: "direct", exceptions: [{ name: "veth7", why: "tc program policy at egress" }] });
  expect([goesThroughStack(decided, veth), goesThroughStack(decided, { name: "veth8" })]).toEqual([true, false]);
});

test("keptSourcesOf keeps what the own cluster announces, where somebody masquerades", () => {
  expect(keptSourcesOf(file, seen({ filters: [], masquerades: true })).length).toBe(file.subnets.length);
  expect(keptSourcesOf(file, seen(calico))).toEqual([]);
  expect(keptSourcesOf(file, seen(undefined))).toEqual([]);
});

describe("A planner", () => {
  const rowsOf = (planner: AgentPlanner, of: ClusterFile, found: NodeFacts) => {
    const { rows, changes } = planner.update(of, found);
    return {
      pods: [...rows.pods.values()].length,
      sources: [...rows.sources.values()].map(({ stack }) => stack ?? false),
      changed: [changes.put.pods.size, changes.put.sources.size, changes.remove.pods.size, changes.remove.sources.size],
    };
  };
  test("turns one pod's rows when a policy comes and goes, and no others", () => {
    const planner = new AgentPlanner();
    const [free, filtered] = [seen({ filters: [], masquerades: false }), seen(calico)];
    expect(rowsOf(planner, file, free)).toEqual({ pods: 1, sources: [false], changed: [1, 1, 0, 0] });
    expect(rowsOf(planner, file, filtered)).toEqual({ pods: 0, sources: [true], changed: [0, 1, 1, 0] });
    expect(rowsOf(planner, file, filtered)).toEqual({ pods: 0, sources: [true], changed: [0, 0, 0, 0] });
    expect(rowsOf(planner, chosen("direct"), filtered)).toEqual({ pods: 1, sources: [false], changed: [1, 1, 0, 0] });
    expect(rowsOf(planner, file, seen(undefined, "tc program p at egress"))).toEqual({
      pods: 0,
      sources: [true],
      changed: [0, 1, 1, 0],
    });
    expect(rowsOf(planner, chosen("direct"), seen(undefined, "tc program p at egress"))).toMatchObject({
      pods: 1,
      sources: [false],
    });
  });
});
