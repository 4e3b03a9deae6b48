// SPDX-License-Identifier: Apache-2.0
import { formatCidr, type Problem, type Rows } from "@strait/model";
import type { Applied } from "./node_state.ts";

/** Another cluster as /status tells it. */
export interface ClusterReport {
  readonly id: string;
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
  /** Its index in the maps; absent where another app of this node steers, or nothing was applied. */
  readonly index?: number;
  /** Which hops its flows are spread over, and over how many of the flow-hash slots each. */
  readonly slots: readonly { readonly hop: number; readonly slots: number }[];
  readonly problems: readonly Problem[];
}

/**
 * The other clusters of the config, in its order, and how their traffic is led on this node: by the app's own rows, or where
 * another app steers by those that are `present`.
 */
export function clusterReports({ file, plan }: Applied, present: Rows): ClusterReport[] {
  const rows = plan.rows.clusters.size > 0 ? plan.rows : present;
  return file.clusters.map(({ id, subnets, gateways }) => {
    const row = [...rows.clusters.values()].find((cluster) => cluster.id === id);
    const shares = new Map<number, number>();
    for (const slot of rows.slots.values()) {
      if (slot.cluster === row?.index) shares.set(slot.hop, (shares.get(slot.hop) ?? 0) + 1);
    }
    const names = new Set([`cluster ${id}`, ...gateways.map((gateway) => `gateway ${id}/${gateway.name}`)]);
    return {
      id,
      subnets: subnets.map(formatCidr),
      gateways: gateways.map((gateway) => gateway.name),
      ...(row && { index: row.index }),
      slots: [...shares].sort(([a], [b]) => a - b).map(([hop, slots]) => ({ hop, slots })),
      problems: plan.problems.filter((problem) => names.has(problem.object)),
    };
  });
}
