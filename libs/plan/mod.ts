// SPDX-License-Identifier: Apache-2.0
/**
 * From the config and what was found on a node to the rows its maps should hold, with reasons for what cannot be. Pure: no
 * clock, no I/O, no logger; the same input gives the same plan. A planner remembers its parts (nodes, clusters, pods'
 * interfaces) and plans anew only those whose input changed; planAgent and planGateway plan from nothing.
 *
 * ```
 * ClusterFile ─┐
 * NodeFacts ───┼─▶ AgentPlanner / GatewayPlanner ─▶ rows and their changes, links, routes, attachments, problems ─▶ dataplane
 * present rows ┘
 * ```
 *
 * @module
 */
export type { NodeFacts, PathFact, Plan, Planner, PodInterfaceFact, Rows, UplinkFact } from "@strait/model";
export { AgentPlanner } from "./agent_planner.ts";
export { canonical } from "./canonical.ts";
export type { ListedGateway } from "./gateway_parts.ts";
export { GatewayPlanner } from "./gateway_planner.ts";
export { assignIndexes, type Indexes } from "./index_allocation.ts";
export { Membership, planMembership } from "./membership.ts";
export type {
  JoinedCluster,
  LocalSettings,
  MemberNode,
  MemberPod,
  MembershipPlan,
  MembershipView,
  OwnCluster,
} from "./membership_view.ts";
export { CLUSTER_RANGE, HOP_RANGE, ownedRows, owns, steers } from "./ownership.ts";
export { DEVICE_MTU } from "./plan.ts";
export { planAgent } from "./plan_agent.ts";
export { planGateway } from "./plan_gateway.ts";
export { newerFirst } from "./remote_choice.ts";
export { fillSlots, type SlotMember } from "./slot_table.ts";
export { type Sources, sourcesOf } from "./sources.ts";
export * from "./sync.ts";
