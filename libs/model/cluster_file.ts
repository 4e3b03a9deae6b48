// SPDX-License-Identifier: Apache-2.0
import type { Address } from "./address.ts";
import type { Cidr } from "./cidr.ts";
import type { ClusterId, NodeName } from "./ids.ts";
import type { LinkMtu } from "./mtu.ts";

/** A node of the own cluster. `subnets` are those of its pods; the longest prefix over all nodes tells where a pod is. */
export interface NodeSpec {
  readonly name: NodeName;
  /** Addresses on the underlay, at least one. */
  readonly addresses: readonly Address[];
  readonly subnets: readonly Cidr[];
  readonly gateway: boolean;
  /**
   * False where Kubernetes says that the node is not ready: other gateways are preferred to it, and it stays a peer all the same,
   * as its data path may well go on.
   */
  readonly ready?: boolean;
  /**
   * True for a gateway that is on its way into the cluster's gateways or out of them, while another one takes its part: nobody
   * sends to it, what it sends is taken, and what steers its own traffic stays as it was found.
   */
  readonly standby?: boolean;
  /**
   * True for a gateway that has left: its own traffic goes over other gateways, and what still comes over its cables is taken. Nobody
   * sends to it, also where nobody else is left. See `partOf`.
   */
  readonly left?: boolean;
}

/** A gateway node of another cluster. */
export interface RemoteGateway {
  readonly name: NodeName;
  /** Addresses where its cables end, at least one. */
  readonly addresses: readonly Address[];
  /** UDP port of its cable; CABLE_PORT where the file says nothing. */
  readonly port: number;
  /** True for one that its cluster takes out of service: what it sends is taken, and nothing is sent to it. */
  readonly leaving?: boolean;
}

/** Another cluster: what it announces and through whom it is reached. */
export interface RemoteCluster {
  readonly id: ClusterId;
  readonly subnets: readonly Cidr[];
  readonly gateways: readonly RemoteGateway[];
}

/** Where an app answers /healthz, /readyz, /metrics and /status. */
export type Listen =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/**
 * How pods' packets pass the node: "direct" past netfilter, "stack" through it, "auto" through it where somebody filters there
 * what the node forwards.
 */
export const DELIVERIES = ["auto", "stack", "direct"] as const;
export type DeliveryChoice = (typeof DELIVERIES)[number];

/** How much an app tells. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * The validated standalone config (strait.yaml), read alike by the gateway and the node agent. Made by `parseClusterFile`;
 * whoever holds one may rely on: `node` is in `nodes`, names and ids are unique, no two clusters' subnets overlap.
 *
 * In Kubernetes mode it is made from watched objects, and made anew at every change. **Who makes the next one keeps what did
 * not change**: the same NodeSpec, RemoteCluster and subnet objects, in the same order, and the same `nodes` and `clusters` list
 * where nothing in it changed. The planners skip what is identical (`===`), so a change costs what changed; a value made of
 * new but equal objects is right too, only dearer.
 *
 * @example
 * cluster: east
 * node: gw1
 * subnets: [10.1.0.0/16, "fd01::/48"]
 * nodes:
 *   - { name: gw1, addresses: [172.31.1.2], subnets: [10.1.0.0/24], gateway: true }
 * clusters:
 *   - { id: west, subnets: [10.2.0.0/16], gateways: [{ name: gw1, addresses: [172.31.9.3], port: 4500 }] }
 */
export interface ClusterFile {
  /** The own cluster. */
  readonly cluster: ClusterId;
  /** The own node. */
  readonly node: NodeName;
  /** What the own cluster announces: pods and Services. */
  readonly subnets: readonly Cidr[];
  /**
   * Those of `subnets` that hold pods and nothing else. A gateway takes them for here only where a route of its node leads to pods
   * in a way that names no node; what nobody knows is dropped there. All of `subnets` are taken for here where absent.
   */
  readonly podSubnets?: readonly Cidr[];
  readonly nodes: readonly NodeSpec[];
  /** The other clusters. */
  readonly clusters: readonly RemoteCluster[];
  /** Names of the interfaces that lead to nodes and peers; found from the routes where absent. */
  readonly uplinks?: readonly string[];
  /** MTU of every uplink; found out where absent. */
  readonly mtu?: LinkMtu;
  /** Whether a gateway may spread what arrives on an uplink with few receive queues over all CPUs (RPS). */
  readonly spread: boolean;
  /** Names (with *) of the host sides of pods' interfaces; found out where absent. */
  readonly podInterfaces?: readonly string[];
  /** libcni's cache directory, whose `results/` tells which interface is which pod's; /var/lib/cni where absent. */
  readonly cniCacheDir?: string;
  /** "auto" where absent. */
  readonly delivery?: DeliveryChoice;
  readonly pinDir: string;
  readonly listen?: Listen;
  readonly log: LogLevel;
}

/** The entry of the own node. @throws TypeError where the file has none, which `parseClusterFile` rules out. */
export function ownNode(file: ClusterFile): NodeSpec {
  const own = file.nodes.find((node) => node.name === file.node);
  if (!own) throw new TypeError(`node "${file.node}" is not among the nodes`);
  return own;
}
