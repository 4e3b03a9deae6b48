// SPDX-License-Identifier: Apache-2.0
import type { ClusterFile, NodeFacts, Plan, Rows } from "@strait/model";
import { GatewayPlanner } from "./gateway_planner.ts";

/**
 * What the gateway app wants on its node, from nothing but its input, as {@linkcode planAgent} is for the agent.
 *
 * @throws TypeError where the own node is not in the file
 * @example
 * const { changes } = planGateway(file, facts, present);
 */
export function planGateway(file: ClusterFile, facts: NodeFacts, present: Rows): Plan {
  const planner = new GatewayPlanner();
  planner.found(present);
  return planner.update(file, facts);
}
