// SPDX-License-Identifier: Apache-2.0
import { type Delivery, formatAddress, formatCidr, ownNode } from "@strait/model";
import { type NodeStatus, type NodeView, nodeStatus } from "@strait/node";

/** The host side of a pod's interface and what is behind it. */
export interface PodReport {
  readonly interface: string;
  readonly ifindex: number;
  readonly addresses: readonly string[];
  /** Sources that may come out of it. */
  readonly sources: readonly string[];
}

/** How packets between this node's pods and other clusters pass it. */
export interface DeliveryReport {
  readonly way: Delivery["way"];
  /** Example: "through the node's stack: table inet calico, chain forward filters what is forwarded". */
  readonly why: string;
  /** Interfaces whose pods take the way through the stack all the same. */
  readonly exceptions: readonly { readonly interface: string; readonly why: string }[];
}

/** What the node agent tells besides what every node app does. */
export interface AgentReport {
  /** The node's part in its cluster. */
  readonly role: "gateway" | "worker" | null;
  readonly pods: readonly PodReport[];
  /** Null before anything was applied. */
  readonly delivery: DeliveryReport | null;
}

function deliveryReport({ way, why, exceptions }: Delivery): DeliveryReport {
  const stack = "through the node's stack";
  return {
    way,
    why: `${way === "stack" ? stack : "past the node's stack"}: ${why}`,
    exceptions: exceptions.map(({ name, why: who }) => ({ interface: name, why: `${stack}: there is a ${who}` })),
  };
}

/** /status of the node agent: that of every node app, the node's part in its cluster, its pods, and how their packets pass. */
export function agentStatus(view: NodeView): NodeStatus & AgentReport {
  const pods = (view.state.applied?.facts.podInterfaces ?? []).map(({ name, ifindex, pods, sources }) => ({
    interface: name,
    ifindex,
    addresses: pods.map((pod) => formatAddress(pod.address)),
    sources: sources.map(formatCidr),
  }));
  const { file } = view.config;
  const role = file ? (ownNode(file).gateway ? "gateway" : "worker") : null;
  const delivery = view.state.applied?.plan.delivery;
  return { ...nodeStatus(view), role, pods, delivery: delivery ? deliveryReport(delivery) : null };
}
