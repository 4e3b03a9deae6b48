// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import {
  addRow,
  type ClusterFile,
  emptyRows,
  type MapName,
  mapNames,
  type NodeSpec,
  type Plan,
  type Planner,
  type RowOf,
  type Rows,
} from "@strait/model";
import { Random } from "@strait/model/testing";
import { AgentPlanner } from "./agent_planner.ts";
import { GatewayPlanner } from "./gateway_planner.ts";
import { HOP_RANGE, ownedRows } from "./ownership.ts";
import { planAgent } from "./plan_agent.ts";
import { changedScene } from "./testing/scene_changes.ts";
import { randomScene } from "./testing/scenes.ts";

function sorted(rows: Rows): unknown {
  return mapNames.map((map) => [...(rows[map] as ReadonlyMap<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function copy(rows: Rows): ReturnType<typeof emptyRows> {
  const out = emptyRows();
  for (const map of mapNames) for (const row of rows[map].values()) addRow(out, map, row as RowOf[MapName]);
  return out;
}

/** What the maps hold after a plan was applied to what they held. */
function applied(present: Rows, { changes: { put, remove } }: Plan): Rows {
  const out = copy(present);
  for (const map of mapNames) {
    for (const key of remove[map].keys()) out[map].delete(key);
    for (const row of put[map].values()) addRow(out, map, row as RowOf[MapName]);
  }
  return out;
}

function fromNothing(make: () => Planner, scene: Parameters<typeof changedScene>[1], present: Rows): Plan {
  const planner = make();
  planner.found(present);
  return planner.update(scene.file, scene.facts);
}

/** Makes changes one by one: the planner's plan is each time what a fresh one plans from what the maps hold, and so is the difference. */
function followChanges(
  make: () => Planner,
  planner: Planner,
  start: { readonly random: Random; readonly scene: Parameters<typeof changedScene>[1]; readonly present: Rows },
  name: string,
): void {
  let { scene, present } = start;
  for (let step = 0; step < 20; step++) {
    scene = changedScene(start.random, scene);
    const fresh = fromNothing(make, scene, copy(present));
    const plan = planner.update(scene.file, scene.facts);
    const at = `${name}, step ${step}`;
    expect(sorted(plan.rows), at).toEqual(sorted(fresh.rows));
    expect({ ...plan, rows: 0, changes: 0 }, at).toEqual({ ...fresh, rows: 0, changes: 0 } as never);
    expect(sorted(plan.changes.put), at).toEqual(sorted(fresh.changes.put));
    expect(sorted(plan.changes.remove), at).toEqual(sorted(fresh.changes.remove));
    present = applied(present, plan);
    expect(sorted(present), at).toEqual(sorted(plan.rows));
  }
}

describe.each([
  ["an agent's planner on a worker", "worker", () => new AgentPlanner()],
  ["an agent's planner on a gateway node", "gateway", () => new AgentPlanner()],
  ["an agent's planner on a node that has left", "left", () => new AgentPlanner()],
  ["a gateway's planner", "gateway", () => new GatewayPlanner()],
] as const)("%s", (_, kind, make) => {
  test("plans after any sequence of changes what a fresh one plans from what the maps hold, and tells the difference", () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = new Random(seed);
      const scene = randomScene(random, kind);
      const planner = make();
      planner.found(emptyRows());
      const present = applied(emptyRows(), planner.update(scene.file, scene.facts));
      followChanges(make, planner, { random, scene, present }, `seed ${seed}`);
    }
  });

  test("repairs what somebody changed in the maps, once it is told what they hold", () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = new Random(seed);
      const { file, facts } = randomScene(random, kind);
      const planner = make();
      planner.found(emptyRows());
      const wanted = copy(planner.update(file, facts).rows);
      const spoilt = copy(wanted);
      for (const map of mapNames) for (const key of [...spoilt[map].keys()]) if (random.below(4) === 0) spoilt[map].delete(key);
      planner.found(spoilt);
      const plan = planner.update(file, facts);
      expect(sorted(applied(spoilt, plan))).toEqual(sorted(wanted));
      expect(mapNames.every((map) => planner.update(file, facts).changes.put[map].size === 0)).toBe(true);
    }
  });

  test("keeps what did not change: the same lists for the same input", () => {
    const { file, facts } = randomScene(new Random(3), kind);
    const planner = make();
    planner.found(emptyRows());
    const first = planner.update(file, facts);
    const second = planner.update({ ...file }, { ...facts });
    expect(second.routes).toBe(first.routes);
    expect(second.problems).toBe(first.problems);
    expect(mapNames.reduce((sum, map) => sum + second.changes.put[map].size + second.changes.remove[map].size, 0)).toBe(0);
  });
});

test("a gateway's planner on a node that was a worker, on standby or not, plans what a fresh one plans from what the maps hold", () => {
  let kept = 0;
  for (let seed = 0; seed < 6; seed++) {
    const random = new Random(seed);
    const scene = randomScene(random, "gateway");
    const { file, facts } = scene;
    const as = (own: Partial<NodeSpec>, others: Partial<NodeSpec>): ClusterFile => ({
      ...file,
      nodes: file.nodes.map((node) => ({ ...node, ...(node.name === file.node ? own : others) })),
    });
    const worker = planAgent(as({ gateway: false }, { gateway: true }), facts, emptyRows());
    const standby = { file: as({ gateway: true, standby: true }, {}), facts };
    const make = () => new GatewayPlanner();
    const planner = make();
    planner.found(copy(worker.rows));
    const first = planner.update(standby.file, facts);
    kept += [...first.rows.slots.values()].some(({ hop }) => hop <= HOP_RANGE.agent.last) ? 1 : 0;
    const present = ownedRows("gateway", "gateway", applied(worker.rows, first));
    followChanges(make, planner, { random, scene: standby, present }, `seed ${seed}`);
  }
  expect(kept).toBeGreaterThan(3);
});
