// SPDX-License-Identifier: Apache-2.0
import type { NodeSpec } from "./cluster_file.ts";

/**
 * The part of a node in its cluster, which tells whose its rows are:
 *
 * - `gateway`: its gateway app leads to the other clusters, and takes what comes from them.
 * - `left`: it was one. The node agent leads to the other clusters, over other gateways; what comes over the cables that the gateway
 *   app left is taken as before, and those rows are nobody's to write or remove.
 * - `worker`: everything is the node agent's.
 */
export type NodePart = "gateway" | "left" | "worker";

/**
 * Finds it in a node's entry.
 *
 * @example
 * partOf({ ...node, gateway: true, standby: true, left: true }) // "left"
 */
export function partOf({ gateway, left }: Pick<NodeSpec, "gateway" | "left">): NodePart {
  if (!gateway) return "worker";
  return left === true ? "left" : "gateway";
}
