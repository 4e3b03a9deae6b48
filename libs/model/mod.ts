// SPDX-License-Identifier: Apache-2.0
/**
 * Plain values everything else is written in: addresses, subnets, ids, MACs, MTUs, numbers of the wire, names of what we
 * own on a node, the validated standalone config, keyed differences. Pure: no clock, no I/O, no logger.
 *
 * @module
 */
export * from "./address.ts";
export * from "./brand.ts";
export * from "./changed_items.ts";
export * from "./cidr.ts";
export * from "./cluster_file.ts";
export * from "./cluster_marks.ts";
export * from "./cluster_names.ts";
export * from "./clusterset.ts";
export * from "./delta.ts";
export * from "./facts.ts";
export * from "./gateways_text.ts";
export * from "./ids.ts";
export * from "./join_file.ts";
export * from "./limits.ts";
export { parseListen } from "./listen.ts";
export * from "./mac.ts";
export * from "./mtu.ts";
export * from "./node_part.ts";
export * from "./owned.ts";
export { type LineReason, type ParsedClusterFile, parseClusterFile } from "./parse_cluster_file.ts";
export * from "./plain_cluster_file.ts";
export * from "./plan.ts";
export * from "./result.ts";
export * from "./routes.ts";
export * from "./rows.ts";
export * from "./special_addresses.ts";
export * from "./wire.ts";
