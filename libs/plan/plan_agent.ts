// SPDX-License-Identifier: Apache-2.0
import {
  addRow,
  type ClusterFile,
  compareAddress,
  emptyRows,
  formatAddress,
  INTRA_PORT,
  INTRA_VNI,
  type MutableRows,
  type NodeFacts,
  type NodeSpec,
  ownNode,
  type PeerFlag,
  type Problem,
  type RouteRow,
  type Rows,
  STRAIT_DEVICE,
} from "@strait/model";
import { type HopPlan, planHops } from "./hop_rows.ts";
import { ownedRows, steers } from "./ownership.ts";
import { interfaces, linkOf, type Plan, sortedProblems, sortedRoutes, uplinksOf } from "./plan.ts";
import { addRemoteRows, clusterIndexes } from "./remote_rows.ts";
import { Ways } from "./tunnel_end.ts";

function addIntraPeers(rows: MutableRows, file: ClusterFile, own: NodeSpec, ways: Ways, hops: HopPlan): void {
  for (const address of own.addresses) {
    addRow(rows, "peers", { address, role: "intra", flags: ["self"], cluster: 0, hop: 0, local: address });
  }
  for (const node of file.nodes) {
    if (node.name === own.name) continue;
    const flags: PeerFlag[] = node.gateway ? ["node", "gateway"] : ["node"];
    for (const address of node.addresses) {
      const local = ways.localFor(address);
      const hop = hops.hops.get(node.name)?.index ?? 0;
      if (local) addRow(rows, "peers", { address, role: "intra", flags, cluster: 0, hop, local });
    }
  }
}

function addPods(rows: MutableRows, facts: NodeFacts): Problem[] {
  const problems: Problem[] = [];
  for (const { name, ifindex, mac: hostMac, pods, sources } of [...facts.podInterfaces].sort((a, b) => a.ifindex - b.ifindex)) {
    for (const prefix of sources) addRow(rows, "sources", { ifindex, prefix });
    for (const { address, mac } of [...pods].sort((a, b) => compareAddress(a.address, b.address))) {
      const other = rows.pods.get(formatAddress(address));
      if (other && other.ifindex !== ifindex) {
        const reason = `interface ${other.ifindex} has the same pod: packets go there until ${name} (${ifindex}) is the only one`;
        problems.push({ object: `pod ${formatAddress(address)}`, reason });
      } else addRow(rows, "pods", { address, ifindex, hostMac, ...(mac && { mac }) });
    }
  }
  return problems;
}

function addNodeSubnets(rows: MutableRows, file: ClusterFile, own: NodeSpec, hops: HopPlan): void {
  for (const node of file.nodes) {
    const hop = hops.hops.get(node.name)?.index;
    for (const prefix of node.subnets) {
      if (node.name === own.name) addRow(rows, "subnets", { prefix, kind: "here", owner: "agent" });
      else if (own.gateway && hop !== undefined) addRow(rows, "subnets", { prefix, kind: "node", hop });
    }
  }
}

/**
 * What the node agent wants on its node. Pure: the same input, in whatever order its lists are (addresses of one node and
 * family excepted, where the first counts), gives the same plan; with its own rows as `present` it changes nothing.
 *
 * On a gateway node it leads packets that came by cable on to the nodes, on a worker it leads packets for other clusters to
 * the gateways.
 *
 * @throws TypeError where the own node is not in the file (`parseClusterFile` rules that out)
 * @example
 * const plan = planAgent(file, facts, present);
 * const delta = diff(plan.rows.hops, plan.owned.hops, sameRow);
 */
export function planAgent(file: ClusterFile, facts: NodeFacts, present: Rows): Plan {
  const own = ownNode(file);
  const ways = new Ways("intra", own, facts);
  const rows = emptyRows();
  // A worker sends to gateways only: hops to the other workers would cost rows and never carry a packet.
  const others = file.nodes.filter((node) => node.name !== own.name && (own.gateway || node.gateway));
  const wanted = others.map(({ name, addresses }) => ({
    key: name,
    name: `node ${name}`,
    addresses,
    port: INTRA_PORT,
    vni: INTRA_VNI,
  }));
  const hops = planHops(wanted, { kind: "node", owner: "agent", file, ways, present });
  const problems: Problem[] = [...hops.problems];
  for (const hop of hops.hops.values()) addRow(rows, "hops", hop);
  addIntraPeers(rows, file, own, ways, hops);
  addNodeSubnets(rows, file, own, hops);
  problems.push(...addPods(rows, facts));

  let routes: RouteRow[] = [];
  const ownsRoutes = steers(own.gateway) === "agent";
  if (ownsRoutes) {
    const clusters = clusterIndexes(file, present);
    problems.push(...clusters.problems);
    const gateways = [...hops.hops.values()];
    routes = addRemoteRows(rows, { file, own, facts, present, indexes: clusters.indexes, hopsOf: () => gateways });
    if (gateways.length === 0 && file.clusters.length > 0) {
      const reason = "none of its gateways can be reached from this node: see the problems of each, or mark a node gateway: true";
      problems.push({ object: `cluster ${file.cluster}`, reason });
    }
  }
  return {
    rows,
    owned: ownedRows("agent", own.gateway, present),
    links: [linkOf(STRAIT_DEVICE, INTRA_PORT, own)],
    routes: sortedRoutes(routes),
    ownsRoutes,
    attach: { uplinks: uplinksOf(facts), pods: interfaces(facts.podInterfaces) },
    spread: [],
    problems: sortedProblems(problems),
  };
}
