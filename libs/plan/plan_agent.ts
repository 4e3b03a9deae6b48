// SPDX-License-Identifier: Apache-2.0
import type { ClusterFile, NodeFacts, Plan, Rows } from "@strait/model";
import { AgentPlanner } from "./agent_planner.ts";

/**
 * What the node agent wants on its node, from nothing but its input. The same input, in whatever order its lists are (addresses
 * of one node and family excepted, where the first counts), gives the same plan; with its own rows as `present` it changes
 * nothing.
 *
 * @throws TypeError where the own node is not in the file (`parseClusterFile` rules that out)
 * @example
 * const { changes } = planAgent(file, facts, present);
 */
export function planAgent(file: ClusterFile, facts: NodeFacts, present: Rows): Plan {
  const planner = new AgentPlanner();
  planner.found(present);
  return planner.update(file, facts);
}
