// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  CABLE_DEVICE,
  CABLE_PORT,
  CABLE_VNI,
  type ClusterFile,
  type ClusterId,
  changedItems,
  formatAddress,
  formatCidr,
  type HopRow,
  type NodeFacts,
  type NodeSpec,
  ownNode,
  type Plan,
  type Planner,
  partOf,
  type RemoteCluster,
  type Rows,
  sameCidr,
  sameRow,
} from "@strait/model";
import type { HopBook } from "./hop_book.ts";
import { type Claim, claim } from "./part_rows.ts";
import { linkOf, uplinksOf } from "./plan.ts";
import { PlannerMemory } from "./planner_memory.ts";
import { sourcesOf } from "./sources.ts";
import { StackSubnets } from "./stack_subnets.ts";
import { Ways } from "./tunnel_end.ts";

function laneKey(cluster: string, gateway: string): string {
  return `${cluster}/${gateway}`;
}

/** All that is remembered from one update to the next. Its hops are the lanes to the other clusters' gateways. */
class Memory extends PlannerMemory {
  readonly clusters = new Map<ClusterId, RemoteCluster>();
  /** How many nodes have a subnet that the cluster announces as a whole. */
  readonly taken = new Map<string, number>();
  readonly stack = new StackSubnets();

  constructor() {
    super("gateway", "vxlan");
  }
}

/**
 * What the gateway app wants on its node: cables to the other clusters' gateways, slots over them, and what the own cluster
 * announces as "here" (Services, and pods the agent's more specific rows do not lead elsewhere, see `StackSubnets`). On a node
 * that is not marked as a gateway, or has left, it wants nothing and says so; what it wrote there is not its own any more. While
 * the node is on standby what steers its own traffic stays as it was found: over other gateways before it takes part, over its own
 * cables when it leaves.
 *
 * @throws TypeError where the own node is not in the file
 * @example
 * const planner = new GatewayPlanner();
 * planner.found(present);
 * const { changes } = planner.update(file, facts);
 */
export class GatewayPlanner implements Planner {
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
    if (partOf(own) !== "gateway") return this.#idle(own);
    this.#updateClusters(file, facts, own, anew);
    this.#updateHere(file, facts, own, anew);
    memory.last = { nodes: file.nodes, clusters: file.clusters };
    const uplinks = uplinksOf(facts);
    return {
      rows: memory.rows.rows,
      changes: memory.rows.take(),
      links: [linkOf(CABLE_DEVICE, CABLE_PORT, own)],
      routes: memory.remotes.routes,
      ownsRoutes: true,
      attach: { uplinks, pods: [] },
      spread: file.spread ? uplinks : [],
      problems: memory.problems.list,
    };
  }

  #idle(own: NodeSpec): Plan {
    const { rows } = this.#memory;
    const reason = own.gateway
      ? "it has left the gateways of its cluster: take left: true out of its entry, or stop the gateway app here"
      : "it is not marked as a gateway: set gateway: true in its entry, or stop the gateway app here";
    const problems = [{ object: `node ${own.name}`, reason }];
    const nothing = { links: [], routes: [], ownsRoutes: false, attach: { uplinks: [], pods: [] }, spread: [] };
    return { rows: rows.rows, changes: rows.take(), ...nothing, problems };
  }

  #updateClusters(file: ClusterFile, facts: NodeFacts, own: NodeSpec, anew: boolean): void {
    const memory = this.#memory;
    const { rows, problems, paths, hops: lanes, remotes, clusters, addresses, last } = memory;
    const moved = paths.update(facts.paths);
    const { gone, come } = changedItems(last.clusters, file.clusters);
    const touched = new Set<ClusterId>();
    const left: string[] = [];
    for (const { id, gateways } of gone) {
      clusters.delete(id);
      for (const gateway of gateways) {
        left.push(laneKey(id, gateway.name));
        for (const address of gateway.addresses) addresses.remove(formatAddress(address), id);
      }
      touched.add(id);
    }
    for (const cluster of come) {
      clusters.set(cluster.id, cluster);
      for (const gateway of cluster.gateways) {
        for (const address of gateway.addresses) addresses.add(formatAddress(address), cluster.id);
      }
      touched.add(cluster.id);
    }
    for (const address of moved) for (const id of addresses.at(address)) touched.add(id as ClusterId);
    const sources = sourcesOf(file, own, facts);
    if (anew || !sameRow(sources, memory.sources)) for (const id of clusters.keys()) touched.add(id);
    memory.sources = sources;

    const ways = new Ways("cable", own, facts, paths.paths);
    const wanted = [...touched].flatMap((id) =>
      (clusters.get(id)?.gateways ?? []).map(({ name, addresses, port }) => {
        const key = laneKey(id, name);
        return { key, name: `gateway ${key}`, addresses, port, vni: CABLE_VNI };
      }),
    );
    for (const key of lanes.update(left, wanted, { file, ways })) touched.add(key.slice(0, key.indexOf("/")) as ClusterId);
    const lanesOf = (id: ClusterId): HopRow[] => {
      const all = (clusters.get(id)?.gateways ?? []).flatMap(({ name, leaving = false }) => {
        const hop = lanes.hopOf(laneKey(id, name));
        return hop ? [{ hop, leaving }] : [];
      });
      const staying = all.filter(({ leaving }) => !leaving);
      return (staying.length > 0 ? staying : all).map(({ hop }) => hop);
    };
    const looked = remotes.update(
      gone.map(({ id }) => id).filter((id) => !clusters.has(id)),
      come,
      touched,
      { rows, device: facts.device, sources, hopsOf: lanesOf, keepsFound: own.standby === true },
    );
    for (const id of looked) {
      const cluster = clusters.get(id);
      rows.set(`lanes ${id}`, cluster ? laneClaims(cluster, ways, lanes, remotes.indexOf(id)) : []);
      const reason = "no cable to it can be made, so its traffic is dropped: see the problems of its gateways";
      const cut = cluster && lanesOf(id).length === 0 ? [{ object: `cluster ${id}`, reason }] : [];
      const each = (cluster?.gateways ?? []).flatMap(({ name }) => lanes.problemsOf(laneKey(id, name)));
      problems.set(`cluster ${id}`, [...remotes.problemsOf(id), ...each, ...cut]);
    }
    if (anew) rows.set("own", [claim("clusters", { index: 0, id: file.cluster }), ...own.addresses.map(selfClaim)]);
  }

  /** Equal keys would collide with the agent's row, which knows better where that prefix is. */
  #updateHere(file: ClusterFile, facts: NodeFacts, own: NodeSpec, anew: boolean): void {
    const { rows, taken, stack, last } = this.#memory;
    const { gone, come } = anew ? { gone: [], come: file.nodes } : changedItems(last.nodes, file.nodes);
    if (anew) taken.clear();
    const count = (nodes: readonly NodeSpec[], by: number): void => {
      for (const { subnets } of nodes) {
        for (const prefix of subnets) {
          if (!file.subnets.some((own) => sameCidr(own, prefix))) continue;
          const key = formatCidr(prefix);
          taken.set(key, (taken.get(key) ?? 0) + by);
        }
      }
    };
    count(gone, -1);
    count(come, 1);
    const here = stack.of(file, facts, own).filter((prefix) => (taken.get(formatCidr(prefix)) ?? 0) === 0);
    rows.set(
      "here",
      here.map((prefix) => claim("subnets", { prefix, kind: "here", owner: "gateway" })),
    );
  }
}

function selfClaim(address: Address): Claim {
  return claim("peers", { address, role: "cable", flags: ["self"], cluster: 0, hop: 0, local: address });
}

/** The lanes of one cluster and the peers at their ends. */
function laneClaims({ id, gateways }: RemoteCluster, ways: Ways, lanes: HopBook, cluster: number | undefined): Claim[] {
  const claims: Claim[] = [];
  const selves = new Map<string, Claim>();
  for (const { name, addresses } of gateways) {
    const lane = lanes.hopOf(laneKey(id, name));
    if (lane) claims.push(claim("hops", lane));
    if (cluster === undefined || !lane) continue;
    for (const address of addresses) {
      const local = ways.localFor(address);
      if (!local) continue;
      // Cables may end on an address of an uplink of their own that the nodes' entries do not name; so may, of either
      // family, what a peer sends beside its lane.
      selves.set(formatAddress(local), selfClaim(local));
      claims.push(claim("peers", { address, role: "cable", flags: ["gateway"], cluster, hop: lane.index, local }));
    }
  }
  return [...claims, ...selves.values()];
}
