// SPDX-License-Identifier: Apache-2.0
import { percentile } from "../support/statistics.ts";
import { startAgain } from "./agent_start.ts";
import { changeEndpoint, costPerChange, idleUse } from "./api_costs.ts";
import type { ApiCost } from "./api_meter.ts";
import type { JoinedBed } from "./joined_bed.ts";
import { makeKnownPods } from "./known_pods.ts";

/** What things cost in two joined clusters of two nodes each, both apps of one cluster on all nodes together. */
export interface ClusterCosts {
  /** By the second, while nothing happens, with nodes that say which pods are theirs. */
  readonly idle: ApiCost;
  /** A pod where the nodes say which pods are theirs. */
  readonly pod: ApiCost;
  /** A pod where only each pod says where it is: every app hears of it. */
  readonly placedPod: ApiCost;
  /** Another cluster announces another subnet. */
  readonly endpoint: ApiCost;
  /** Milliseconds from the start of a gateway node's agent until it is ready, with so many pods known; the median. */
  readonly agentStart: number;
}

/** How much is done for each figure. */
export interface CostPlan {
  /** Milliseconds for which is looked at what they do anyway. */
  readonly idleMs: number;
  readonly changes: number;
  readonly knownPods: number;
  readonly starts: number;
}

/** Measures one after the other; the pods it makes stay. */
export async function clusterCosts(bed: JoinedBed, { idleMs, changes, knownPods, starts }: CostPlan): Promise<ClusterCosts> {
  const { lab } = bed;
  const [east, west] = [lab.kube("east"), lab.kube("west")];
  const podIn = (kube: typeof east) => (number: number) => kube.createPod({ name: `cost-${number}`, node: "w1" });
  const [idle, idleWest] = await Promise.all([idleUse(bed, east, idleMs), idleUse(bed, west, idleMs)]);
  const pod = await costPerChange(bed, east, changes, idle, podIn(east));
  const placedPod = await costPerChange(bed, west, changes, idleWest, podIn(west));
  await changeEndpoint(bed, 1); // it becomes known; only what changes then counts
  const endpoint = await costPerChange(bed, east, changes, idle, (number) => changeEndpoint(bed, number));
  await makeKnownPods(west, knownPods);
  const agent = west.app(lab.node("west/gw1"), "routeagent");
  const taken: number[] = [];
  for (let i = 0; i < starts; i++) taken.push(await startAgain(agent));
  return { idle, pod, placedPod, endpoint, agentStart: percentile(taken, 0.5) };
}
