// SPDX-License-Identifier: Apache-2.0
import type { ClusterSpec } from "../spec.ts";

const NAMES = ["east", "west", "north", "south"];

/** Clusters of as many nodes each, the first of which is a gateway; the CNI plugins take turns. */
export function clusterSpecs({ clusters, nodes }: { readonly clusters: number; readonly nodes: number }): ClusterSpec[] {
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > NAMES.length) {
    throw new RangeError(`--clusters: use 1 to ${NAMES.length}`);
  }
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 8) throw new RangeError("--nodes: use 1 to 8");
  return NAMES.slice(0, clusters).map((id, index) => ({
    id,
    kubernetes: true,
    cni: index % 2 === 0 ? "bridge" : "ptp",
    nodes: Array.from({ length: nodes }, (_, node) => (node === 0 ? { name: "gw1", gateway: true } : { name: `w${node}` })),
  }));
}
