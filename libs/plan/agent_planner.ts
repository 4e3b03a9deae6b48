// SPDX-License-Identifier: Apache-2.0
import {
  type ClusterFile,
  type ClusterId,
  changedItems,
  formatAddress,
  type HopRow,
  INTRA_PORT,
  INTRA_VNI,
  type NodeFacts,
  type NodeSpec,
  ownNode,
  type PeerFlag,
  type Plan,
  type Planner,
  partOf,
  type Rows,
  STRAIT_DEVICE,
  sameAddress,
  sameRow,
} from "@strait/model";
import { deliveryOf, keptSourcesOf } from "./delivery.ts";
import { HereBook } from "./here_book.ts";
import { steers } from "./ownership.ts";
import { type Claim, claim } from "./part_rows.ts";
import { linkOf, uplinksOf } from "./plan.ts";
import { PlannerMemory } from "./planner_memory.ts";
import { PodBook } from "./pod_book.ts";
import { RouteBook } from "./route_book.ts";
import { sourcesOf } from "./sources.ts";
import { Ways } from "./tunnel_end.ts";

/** A gateway of the own cluster that flows may be spread over: not one that has left. */
interface Steered {
  readonly hop: HopRow;
  readonly ready: boolean;
  readonly standby: boolean;
}

/** All that is remembered from one update to the next. */
class Memory extends PlannerMemory {
  readonly pods = new PodBook();
  readonly here = new HereBook();
  readonly routes = new RouteBook();
  readonly nodes = new Map<string, NodeSpec>();
  readonly gateways = new Map<string, Steered>();

  constructor() {
    super("agent", "node");
  }
}

/**
 * What the node agent wants on its node. On a gateway node it leads packets that came by cable on to the nodes, on a worker it
 * leads packets for other clusters to the gateways. On one that has left the gateways it does both.
 *
 * @throws TypeError where the own node is not in the file (`parseClusterFile` rules that out)
 * @example
 * const planner = new AgentPlanner();
 * planner.found(present);
 * const { changes } = planner.update(file, facts);
 */
export class AgentPlanner implements Planner {
  #memory = new Memory();
  #present: Rows | undefined;

  found(present: Rows): void {
    this.#present = present;
  }

  update(file: ClusterFile, facts: NodeFacts): Plan {
    const own = ownNode(file);
    if (this.#memory.outdated(own)) {
      this.#present ??= this.#memory.rows.rows;
      this.#memory = new Memory();
    }
    const memory = this.#memory;
    const anew = memory.begin(file, facts, own, this.#present);
    this.#present = undefined;
    const ways = this.#updateNodes(file, facts, own, anew);
    const delivery = deliveryOf(file, facts);
    memory.pods.update(facts.podInterfaces, delivery, memory.rows, memory.problems);
    memory.here.update(facts, file.subnets, anew, memory.rows);
    const ownsRoutes = steers(partOf(own)) === "agent";
    if (ownsRoutes) this.#updateRemotes(file, facts, own, anew || ways.gatewaysChanged);
    memory.last = { nodes: file.nodes, clusters: file.clusters };
    return {
      rows: memory.rows.rows,
      changes: memory.rows.take(),
      links: [linkOf(STRAIT_DEVICE, INTRA_PORT, own)],
      routes: memory.remotes.routes,
      ownsRoutes,
      attach: { uplinks: uplinksOf(facts), pods: memory.pods.interfaces },
      spread: [],
      delivery,
      keptSources: keptSourcesOf(file, facts),
      problems: memory.problems.list,
    };
  }

  #updateNodes(file: ClusterFile, facts: NodeFacts, own: NodeSpec, anew: boolean): { gatewaysChanged: boolean } {
    const { rows, problems, paths, hops, nodes, addresses, gateways, last } = this.#memory;
    const moved = paths.update(facts.paths);
    const { gone, come } = changedItems(last.nodes, file.nodes);
    const touched = new Set<string>();
    const ends = new Set<string>();
    for (const node of gone) {
      nodes.delete(node.name);
      for (const address of node.addresses) addresses.remove(formatAddress(address), node.name);
      for (const address of node.addresses) ends.add(formatAddress(address));
      touched.add(node.name);
    }
    for (const node of come) {
      nodes.set(node.name, node);
      for (const address of node.addresses) addresses.add(formatAddress(address), node.name);
      touched.add(node.name);
    }
    for (const address of moved) for (const name of addresses.at(address)) touched.add(name);
    if (anew) for (const name of nodes.keys()) touched.add(name);

    const ways = new Ways("intra", own, facts, paths.paths);
    // A worker sends to gateways only: hops to the other workers would cost rows and never carry a packet.
    const wants = (node: NodeSpec): boolean => node.name !== own.name && (own.gateway || node.gateway);
    const wanted = [...touched].flatMap((name) => {
      const node = nodes.get(name);
      if (!node || !wants(node)) return [];
      return [{ key: node.name, name: `node ${node.name}`, addresses: node.addresses, port: INTRA_PORT, vni: INTRA_VNI }];
    });
    for (const name of hops.update([...touched], wanted, { file, ways })) touched.add(name);
    let gatewaysChanged = false;
    for (const name of touched) {
      const node = nodes.get(name);
      const hop = hops.hopOf(name);
      rows.set(`node ${name}`, node ? nodeClaims(node, own, ways, hop) : []);
      problems.set(`node ${name}`, hops.problemsOf(name));
      const gateway = node && hop ? steeredOf(node, hop) : undefined;
      if (!sameRow(gateways.get(name), gateway)) gatewaysChanged = true;
      if (gateway) gateways.set(name, gateway);
      else gateways.delete(name);
      for (const address of node?.addresses ?? []) ends.add(formatAddress(address));
    }
    if (own.gateway) this.#updateRoutes(file, facts, ends, anew);
    return { gatewaysChanged };
  }

  /** @param moved addresses of nodes that may be another's, or reached by another hop */
  #updateRoutes({ subnets: announced }: ClusterFile, { podRoutes }: NodeFacts, moved: Iterable<string>, anew: boolean): void {
    const { rows, routes, addresses, hops } = this.#memory;
    const hopAt = (address: string): number | undefined => {
      // Of two nodes that share an address one has the hop.
      for (const name of addresses.at(address)) {
        const hop = hops.hopOf(name);
        if (hop) return hop.index;
      }
      return undefined;
    };
    routes.update(podRoutes, moved, anew, { rows, announced, hopAt });
  }

  #updateRemotes(file: ClusterFile, facts: NodeFacts, own: NodeSpec, all: boolean): void {
    const memory = this.#memory;
    const { rows, problems, remotes, gateways, last } = memory;
    const sources = sourcesOf(file, own, facts);
    const again = all || !sameRow(sources, memory.sources);
    memory.sources = sources;
    const { gone, come } = changedItems(last.clusters, file.clusters);
    const names = new Set(come.map(({ id }) => id));
    const hops = steeredTo([...gateways.values()]);
    const looked = remotes.update(
      gone.map(({ id }) => id).filter((id) => !names.has(id)),
      come,
      again ? file.clusters.map(({ id }) => id) : ([] as ClusterId[]),
      { rows, device: facts.device, sources, hopsOf: () => hops },
    );
    for (const id of looked) problems.set(`cluster ${id}`, remotes.problemsOf(id));
    if (all) rows.set("cluster", [claim("clusters", { index: 0, id: file.cluster })]);
    const reason = "none of its gateways can be reached from this node: see the problems of each, or mark a node gateway: true";
    const alone = hops.length === 0 && file.clusters.length > 0;
    problems.set("cluster", alone ? [{ object: `cluster ${file.cluster}`, reason }] : []);
  }
}

/** Undefined for a node that forwards for nobody: a worker, or a gateway that has left, which would drop what it is sent. */
function steeredOf(node: NodeSpec, hop: HopRow): Steered | undefined {
  if (partOf(node) !== "gateway") return undefined;
  return { hop, ready: node.ready !== false, standby: node.standby === true };
}

/**
 * The gateways that flows are spread over: those that take part and are ready. Where none is, all that take part, then all of them:
 * that Kubernetes has not heard from a node says little about its data path, and to drop everything is the one thing that surely
 * does not work.
 */
function steeredTo(gateways: readonly Steered[]): HopRow[] {
  const taking = gateways.filter(({ standby }) => !standby);
  const choices = [taking.filter(({ ready }) => ready), taking, gateways];
  return (choices.find((choice) => choice.length > 0) ?? []).map(({ hop }) => hop);
}

/** The rows that tell of one node: its hop, its addresses as peers, its subnets. */
function nodeClaims(node: NodeSpec, own: NodeSpec, ways: Ways, hop: HopRow | undefined): Claim[] {
  if (node.name === own.name) {
    return [
      ...node.addresses.map((address) =>
        claim("peers", { address, role: "intra", flags: ["self"], cluster: 0, hop: 0, local: address }),
      ),
      ...node.subnets.map((prefix) => claim("subnets", { prefix, kind: "here", owner: "agent" })),
    ];
  }
  const claims = hop ? [claim("hops", hop)] : [];
  const flags: PeerFlag[] = node.gateway ? ["node", "gateway"] : ["node"];
  for (const address of node.addresses) {
    const local = ways.localFor(address);
    // What is our own address is ours, whoever else says so.
    if (local && !own.addresses.some((ours) => sameAddress(ours, address))) {
      claims.push(claim("peers", { address, role: "intra", flags, cluster: 0, hop: hop?.index ?? 0, local }));
    }
  }
  if (own.gateway && hop) {
    for (const prefix of node.subnets) claims.push(claim("subnets", { prefix, kind: "node", hop: hop.index }));
  }
  return claims;
}
