// SPDX-License-Identifier: Apache-2.0
import { formatAddress, formatCidr, ownNode } from "@strait/model";
import { type NodeStatus, type NodeView, nodeStatus } from "@strait/node";

/** The host side of a pod's interface and what is behind it. */
export interface PodReport {
  readonly interface: string;
  readonly ifindex: number;
  readonly addresses: readonly string[];
  /** Sources that may come out of it. */
  readonly sources: readonly string[];
}

/** /status of the node agent: that of every node app, the node's part in its cluster, and its pods. */
export function agentStatus(
  view: NodeView,
): NodeStatus & { readonly role: "gateway" | "worker" | null; readonly pods: readonly PodReport[] } {
  const pods = (view.state.applied?.facts.podInterfaces ?? []).map(({ name, ifindex, pods, sources }) => ({
    interface: name,
    ifindex,
    addresses: pods.map((pod) => formatAddress(pod.address)),
    sources: sources.map(formatCidr),
  }));
  const { file } = view.config;
  const role = file ? (ownNode(file).gateway ? "gateway" : "worker") : null;
  return { ...nodeStatus(view), role, pods };
}
