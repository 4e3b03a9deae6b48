// SPDX-License-Identifier: Apache-2.0
import { type HopReport, type NodeStatus, type NodeView, nodeStatus } from "@strait/node";

/** A cable to one gateway of another cluster. Counters say what went over it; whether it works only a probe could tell. */
export interface CableReport {
  readonly cluster: string;
  readonly gateway: string;
  /** Its lanes; none where it cannot be made, and `reasons` say why. */
  readonly lanes: readonly HopReport[];
  readonly reasons: readonly string[];
}

/** /status of the gateway: that of every node app, and the cables. */
export function gatewayStatus(view: NodeView): NodeStatus & { readonly cables: readonly CableReport[] } {
  const status = nodeStatus(view);
  const cables = status.clusters.flatMap(({ id, gateways, problems }) =>
    gateways.map((gateway) => ({
      cluster: id,
      gateway,
      lanes: status.hops.filter((hop) => hop.peer === `${id}/${gateway}`),
      reasons: problems.filter((problem) => problem.object === `gateway ${id}/${gateway}`).map((problem) => problem.reason),
    })),
  );
  return { ...status, cables };
}
