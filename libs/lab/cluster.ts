// SPDX-License-Identifier: Apache-2.0
import type { Node } from "./node.ts";
import type { Segment, Wire } from "./segment.ts";
import type { ClusterSpec, CniPlugin } from "./spec.ts";
import type { Station } from "./station.ts";

/** One cluster of a lab. `nodes` is keyed by the names of its specification. */
export interface Cluster<C extends ClusterSpec = ClusterSpec> {
  readonly id: string;
  readonly cni: CniPlugin;
  readonly nodes: { readonly [N in C["nodes"][number]["name"]]: Node };
  /** What the cluster announces, IPv4 first. */
  readonly subnets: readonly string[];
  readonly gateways: readonly Node[];
  readonly segment: Segment;
  /** Where its API server runs: Kubernetes clusters only. */
  readonly api?: Station;
  /** Whether its nodes say their pod ranges; see {@link ClusterSpec.nodeCidrs}. */
  readonly nodeCidrs: boolean;
  /** Whether it has a DNS of its own; see {@link ClusterSpec.dns}. */
  readonly dns: boolean;
  /** Ranges of its Services, IPv4 first; empty without Kubernetes. */
  readonly serviceSubnets: readonly string[];
}

/** What {@link build} made of a specification. */
export interface Built {
  readonly clusters: readonly Cluster[];
  /** The segment all gateways and the broker sit on; absent where fewer than two stand. */
  readonly wan?: Segment;
  /** Where the broker runs, where the lab has one. */
  readonly broker?: Station;
  /** Where `kubectl` and `strait` are typed: on every segment of a lab with Kubernetes clusters or a broker. */
  readonly workstation?: Station;
}

/** The nodes of clusters, in the order of their specification. */
export function nodesOf(...clusters: readonly Cluster[]): Node[] {
  return clusters.flatMap((cluster) => Object.values<Node>(cluster.nodes));
}

/** Every wire of an underlay. */
export function wiresOf({ clusters, wan }: Built): Wire[] {
  return [...clusters.map((cluster) => cluster.segment), ...(wan ? [wan] : [])].flatMap((segment) => segment.wires);
}
