// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { emptyRows, mapNames, type Plan, type Rows } from "@strait/model";
import { Random } from "@strait/model/testing";
import { ownedRows } from "./ownership.ts";
import { planAgent } from "./plan_agent.ts";
import { planGateway } from "./plan_gateway.ts";
import { merged, randomScene, reordered } from "./testing/scenes.ts";

const RUNS = 60;

function changes(plan: Plan): number {
  const { put, remove } = plan.changes;
  return mapNames.reduce((sum, map) => sum + put[map].size + remove[map].size, 0);
}

function sorted(rows: Rows): unknown {
  return mapNames.map((map) => [...(rows[map] as ReadonlyMap<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe.each([
  ["planAgent on a worker", "worker", planAgent],
  ["planAgent on a gateway node", "gateway", planAgent],
  ["planAgent on a node that has left", "left", planAgent],
  ["planGateway", "gateway", planGateway],
] as const)("%s", (_, kind, plan) => {
  test("gives the same plan twice, and whatever the order of its lists", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const random = new Random(seed);
      const scene = randomScene(random, kind);
      const present = plan(randomScene(random, kind).file, scene.facts, emptyRows()).rows;
      const first = plan(scene.file, scene.facts, present);
      expect(plan(scene.file, scene.facts, present)).toEqual(first);
      const again = reordered(random, scene);
      const second = plan(again.file, again.facts, present);
      expect(sorted(second.rows)).toEqual(sorted(first.rows));
      expect(sorted(second.changes.put)).toEqual(sorted(first.changes.put));
      expect(sorted(second.changes.remove)).toEqual(sorted(first.changes.remove));
      expect({ ...second, rows: 0, changes: 0 }).toEqual({ ...first, rows: 0, changes: 0 } as never);
    }
  });

  test("changes nothing when its own rows are there", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const { file, facts } = randomScene(new Random(seed), kind);
      const first = plan(file, facts, emptyRows());
      expect(changes(plan(file, facts, first.rows))).toBe(0);
    }
  });

  test("keeps every index that stays in use when the config changes", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const random = new Random(seed);
      const before = randomScene(random, kind);
      const after = randomScene(random, kind);
      const present = plan(before.file, before.facts, emptyRows()).rows;
      const next = plan(after.file, after.facts, present);
      for (const cluster of next.rows.clusters.values()) {
        const same = [...present.clusters.values()].find((row) => row.id === cluster.id);
        if (same) expect(cluster.index).toBe(same.index);
      }
      expect(changes(plan(after.file, after.facts, next.rows))).toBe(0);
    }
  });
});

describe("The agent and the gateway app of one node", () => {
  test("never write the same row and each finds all of its own among both", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const { file, facts } = randomScene(new Random(seed), "gateway");
      const agent = planAgent(file, facts, emptyRows());
      const gateway = planGateway(file, facts, agent.rows);
      for (const map of mapNames) for (const key of agent.rows[map].keys()) expect(gateway.rows[map].has(key)).toBe(false);
      const present = merged(agent.rows, gateway.rows);
      expect(sorted(ownedRows("agent", "gateway", present))).toEqual(sorted(agent.rows));
      expect(sorted(ownedRows("gateway", "gateway", present))).toEqual(sorted(gateway.rows));
      expect(changes(planAgent(file, facts, present))).toBe(0);
      expect(changes(planGateway(file, facts, present))).toBe(0);
    }
  });

  test("plan the same whichever comes first", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const { file, facts } = randomScene(new Random(seed), "gateway");
      const gateway = planGateway(file, facts, emptyRows());
      const agent = planAgent(file, facts, gateway.rows);
      expect(sorted(agent.rows)).toEqual(sorted(planAgent(file, facts, emptyRows()).rows));
    }
  });

  test("a worker that was a gateway clears all that the gateway app left, which leaves all of it alone", () => {
    const { file, facts } = randomScene(new Random(7), "gateway");
    const present = merged(planAgent(file, facts, emptyRows()).rows, planGateway(file, facts, emptyRows()).rows);
    const nodes = file.nodes.map((node) => (node.name === file.node ? { ...node, gateway: false } : node));
    const worker = planAgent({ ...file, nodes }, facts, present);
    expect([...worker.changes.remove.peers.values()].some((peer) => peer.role === "cable")).toBe(true);
    expect([...worker.rows.peers.values()].some((peer) => peer.role === "cable")).toBe(false);
    const app = planGateway({ ...file, nodes }, facts, present);
    expect(app.problems[0]?.reason).toContain("not marked as a gateway");
    expect(mapNames.every((map) => app.rows[map].size === 0)).toBe(true);
    expect(mapNames.every((map) => app.changes.remove[map].size === 0)).toBe(true);
    const left = new Map([...present.hops].filter(([, hop]) => hop.owner === "gateway"));
    expect(left.size).toBeGreaterThan(0);
    expect([...worker.changes.remove.hops.keys()]).toEqual(expect.arrayContaining([...left.keys()]));
  });
});

describe("References inside a node's rows", () => {
  test("always lead to a row: slots, peers and subnets to hops, remote subnets and slots to clusters", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const { file, facts } = randomScene(new Random(seed), seed % 2 === 0 ? "worker" : "gateway");
      const agent = planAgent(file, facts, emptyRows());
      const rows = merged(agent.rows, planGateway(file, facts, emptyRows()).rows);
      for (const slot of rows.slots.values()) {
        expect(rows.hops.has(String(slot.hop))).toBe(true);
        expect(rows.clusters.has(String(slot.cluster))).toBe(true);
      }
      for (const peer of rows.peers.values()) if (peer.hop !== 0) expect(rows.hops.has(String(peer.hop))).toBe(true);
      for (const subnet of rows.subnets.values()) {
        if (subnet.kind === "node") expect(rows.hops.has(String(subnet.hop))).toBe(true);
        if (subnet.kind === "remote") expect(rows.clusters.has(String(subnet.cluster))).toBe(true);
      }
    }
  });
});
