// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  addRow,
  CABLE_DEVICE,
  CABLE_PORT,
  CABLE_VNI,
  type ClusterFile,
  emptyRows,
  type MutableRows,
  type NodeFacts,
  type NodeSpec,
  ownNode,
  type Problem,
  type Rows,
  sameCidr,
} from "@strait/model";
import { type HopPlan, planHops } from "./hop_rows.ts";
import { ownedRows } from "./ownership.ts";
import { linkOf, type Plan, sortedProblems, sortedRoutes, uplinksOf } from "./plan.ts";
import { addRemoteRows, clusterIndexes } from "./remote_rows.ts";
import { Ways } from "./tunnel_end.ts";

function laneKey(cluster: string, gateway: string): string {
  return `${cluster}/${gateway}`;
}

function addCablePeers(
  rows: MutableRows,
  file: ClusterFile,
  own: NodeSpec,
  ways: Ways,
  lanes: HopPlan,
  indexes: ReadonlyMap<string, number>,
): void {
  const addSelf = (address: Address): void =>
    addRow(rows, "peers", { address, role: "cable", flags: ["self"], cluster: 0, hop: 0, local: address });
  for (const address of own.addresses) addSelf(address);
  for (const { id, gateways } of file.clusters) {
    const cluster = indexes.get(id);
    for (const { name, addresses } of gateways) {
      const lane = lanes.hops.get(laneKey(id, name));
      if (cluster === undefined || !lane) continue;
      for (const address of addresses) {
        const local = ways.localFor(address);
        if (!local) continue;
        // Cables may end on an address of an uplink of their own that the nodes' entries do not name; so may, of either
        // family, what a peer sends beside its lane.
        addSelf(local);
        addRow(rows, "peers", { address, role: "cable", flags: ["gateway"], cluster, hop: lane.index, local });
      }
    }
  }
}

/**
 * What the gateway app wants on its node: cables to the other clusters' gateways, slots over them, and what the own cluster
 * announces as "here" (Services, and pods the agent's more specific rows do not lead elsewhere). Pure, as `planAgent` is.
 * On a node that is not marked as a gateway it wants nothing and says so.
 *
 * @throws TypeError where the own node is not in the file
 * @example
 * const plan = planGateway(file, facts, present);
 */
export function planGateway(file: ClusterFile, facts: NodeFacts, present: Rows): Plan {
  const own = ownNode(file);
  const rows = emptyRows();
  const owned = ownedRows("gateway", own.gateway, present);
  if (!own.gateway) {
    const reason = "it is not marked as a gateway: set gateway: true in its entry, or stop the gateway app here";
    const problems = [{ object: `node ${own.name}`, reason }];
    return { rows, owned, links: [], routes: [], ownsRoutes: false, attach: { uplinks: [], pods: [] }, spread: [], problems };
  }

  const ways = new Ways("cable", own, facts);
  const clusters = clusterIndexes(file, present);
  const wanted = file.clusters.flatMap(({ id, gateways }) =>
    gateways.map(({ name, addresses, port }) => ({
      key: laneKey(id, name),
      name: `gateway ${laneKey(id, name)}`,
      addresses,
      port,
      vni: CABLE_VNI,
    })),
  );
  const lanes = planHops(wanted, { kind: "vxlan", owner: "gateway", file, ways, present });
  const problems: Problem[] = [...clusters.problems, ...lanes.problems];
  for (const lane of lanes.hops.values()) addRow(rows, "hops", lane);
  addCablePeers(rows, file, own, ways, lanes, clusters.indexes);

  const nodeSubnets = file.nodes.flatMap((node) => node.subnets);
  for (const prefix of file.subnets) {
    // Equal keys would collide with the agent's row, which knows better where that prefix is.
    if (!nodeSubnets.some((subnet) => sameCidr(subnet, prefix)))
      addRow(rows, "subnets", { prefix, kind: "here", owner: "gateway" });
  }

  const lanesOf = new Map(
    file.clusters.map(({ id, gateways }) => [
      id,
      gateways.flatMap(({ name }) => {
        const lane = lanes.hops.get(laneKey(id, name));
        return lane ? [lane] : [];
      }),
    ]),
  );
  const routes = addRemoteRows(rows, {
    file,
    own,
    facts,
    present,
    indexes: clusters.indexes,
    hopsOf: (id) => lanesOf.get(id) ?? [],
  });
  for (const [id, hops] of lanesOf) {
    const reason = "no cable to it can be made, so its traffic is dropped: see the problems of its gateways";
    if (hops.length === 0) problems.push({ object: `cluster ${id}`, reason });
  }
  return {
    rows,
    owned,
    links: [linkOf(CABLE_DEVICE, CABLE_PORT, own)],
    routes: sortedRoutes(routes),
    ownsRoutes: true,
    attach: { uplinks: uplinksOf(facts), pods: [] },
    spread: file.spread ? uplinksOf(facts) : [],
    problems: sortedProblems(problems),
  };
}
