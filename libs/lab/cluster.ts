// SPDX-License-Identifier: Apache-2.0
import type { Node } from "./node.ts";
import type { Segment, Wire } from "./segment.ts";
import type { ClusterSpec, CniPlugin } from "./spec.ts";

/** One cluster of a lab. `nodes` is keyed by the names of its specification. */
export interface Cluster<C extends ClusterSpec = ClusterSpec> {
  readonly id: string;
  readonly cni: CniPlugin;
  readonly nodes: { readonly [N in C["nodes"][number]["name"]]: Node };
  /** What the cluster announces, IPv4 first. */
  readonly subnets: readonly string[];
  readonly gateways: readonly Node[];
  readonly segment: Segment;
}

/** What {@link build} made of a specification. */
export interface Built {
  readonly clusters: readonly Cluster[];
  /** The segment all gateways sit on; absent where fewer than two stand. */
  readonly wan?: Segment;
}

/** The nodes of clusters, in the order of their specification. */
export function nodesOf(...clusters: readonly Cluster[]): Node[] {
  return clusters.flatMap((cluster) => Object.values<Node>(cluster.nodes));
}

/** Every wire of an underlay. */
export function wiresOf({ clusters, wan }: Built): Wire[] {
  return [...clusters.map((cluster) => cluster.segment), ...(wan ? [wan] : [])].flatMap((segment) => segment.wires);
}
