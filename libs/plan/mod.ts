// SPDX-License-Identifier: Apache-2.0
/**
 * From the config and what was found on a node to the rows its maps should hold, with reasons for what cannot be. Pure: no
 * clock, no I/O, no logger; the same input gives the same plan.
 *
 * ```
 * ClusterFile ─┐
 * NodeFacts ───┼─▶ planAgent / planGateway ─▶ rows, links, routes, attachments, problems ─▶ diff ─▶ dataplane
 * present rows ┘
 * ```
 *
 * @module
 */
export type { NodeFacts, PathFact, PodInterfaceFact, Rows, UplinkFact } from "@strait/model";
export { assignIndexes, type Indexes } from "./index_allocation.ts";
export { CLUSTER_RANGE, HOP_RANGE, ownedRows, owns, steers } from "./ownership.ts";
export { DEVICE_MTU, type Plan } from "./plan.ts";
export { planAgent } from "./plan_agent.ts";
export { planGateway } from "./plan_gateway.ts";
export { fillSlots, type SlotMember } from "./slot_table.ts";
