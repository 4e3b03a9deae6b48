// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  addRow,
  type ClusterFile,
  type ClusterId,
  compareAddress,
  contains,
  type HopRow,
  type InnerMtu,
  innerMtu,
  linkMtu,
  MIN_LINK_MTU,
  type MutableRows,
  type NodeFacts,
  type NodeSpec,
  type Problem,
  type RouteRow,
  type Rows,
  SLOTS,
} from "@strait/model";
import { assignIndexes } from "./index_allocation.ts";
import { CLUSTER_RANGE } from "./ownership.ts";
import { fillSlots } from "./slot_table.ts";

/** Cluster indexes: those present stay. */
export function clusterIndexes(file: ClusterFile, present: Rows): { indexes: ReadonlyMap<string, number>; problems: Problem[] } {
  const held = new Map([...present.clusters.values()].map((row) => [row.index, row.id]));
  const { indexes, refused } = assignIndexes(
    file.clusters.map((cluster) => cluster.id),
    held,
    CLUSTER_RANGE,
  );
  const reason = `at most ${CLUSTER_RANGE.last} other clusters can be joined: remove some`;
  return { indexes, problems: refused.map((id) => ({ object: `cluster ${id}`, reason })) };
}

/** An own address that other clusters can answer to: inside the node's own subnets, else inside the cluster's. */
function sourceFor(family: number, file: ClusterFile, own: NodeSpec, facts: NodeFacts): Address | undefined {
  const candidates = facts.hostAddresses.filter((a) => a.family === family).sort(compareAddress);
  const inside = (subnets: ClusterFile["subnets"]): Address | undefined =>
    candidates.find((a) => subnets.some((s) => contains(s, a)));
  return inside(own.subnets) ?? inside(file.subnets);
}

/**
 * Adds what steers traffic to the other clusters: cluster rows, remote subnets, slots over `hopsOf` (worker: gateways of the
 * own cluster; gateway: lanes), and answers the routes. A cluster without hops keeps its subnets: its packets are dropped
 * with a reason instead of leaving by the default route.
 */
export function addRemoteRows(
  rows: MutableRows,
  options: {
    readonly file: ClusterFile;
    readonly own: NodeSpec;
    readonly facts: NodeFacts;
    readonly present: Rows;
    readonly indexes: ReadonlyMap<string, number>;
    readonly hopsOf: (cluster: ClusterId) => readonly HopRow[];
  },
): RouteRow[] {
  const { file, own, facts, present } = options;
  const routes: RouteRow[] = [];
  addRow(rows, "clusters", { index: 0, id: file.cluster });
  for (const { id, subnets } of file.clusters) {
    const index = options.indexes.get(id);
    if (index === undefined) continue;
    addRow(rows, "clusters", { index, id });
    const hops = options.hopsOf(id);
    const known = present.clusters.get(String(index))?.id === id;
    const previous = known ? Array.from({ length: SLOTS }, (_, slot) => present.slots.get(`${index}/${slot}`)?.hop ?? 0) : [];
    for (const [slot, hop] of fillSlots(
      previous,
      hops.map((hop) => ({ hop: hop.index })),
    ).entries()) {
      if (hop !== 0) addRow(rows, "slots", { cluster: index, slot, hop });
    }
    const narrowest = hops.length > 0 ? Math.min(...hops.map((hop) => hop.mtu)) : innerMtu(linkMtu(MIN_LINK_MTU), 6);
    for (const prefix of subnets) {
      addRow(rows, "subnets", { prefix, kind: "remote", cluster: index });
      const source = sourceFor(prefix.address.family, file, own, facts);
      routes.push({ destination: prefix, ifindex: facts.device, mtu: narrowest as InnerMtu, ...(source && { source }) });
    }
  }
  return routes;
}
