// SPDX-License-Identifier: Apache-2.0
import { type Gateway, GatewayKind } from "@strait/k8s";
import type { Cluster } from "../connect.ts";
import { listAll } from "../show/read.ts";

/** What is wrong with a cluster's gateways, a sentence each: the status part of upstream's data-path suite. */
export function gatewayFaults(gateways: readonly Gateway[]): readonly string[] {
  const active = gateways.filter((gateway) => gateway.status?.haStatus === "active");
  if (active.length !== 1) return [`${active.length} gateways are active, and one must be`];
  const [gateway] = active;
  const connections = gateway?.status?.connections ?? [];
  if (connections.length === 0) return ["the active gateway has no connection"];
  return connections.flatMap(({ endpoint, status, statusMessage, latencyRTT }) => {
    const peer = `the connection to ${endpoint.cluster_id}/${endpoint.hostname}`;
    if (status !== "connected") return [`${peer} is ${status}${statusMessage ? `: ${statusMessage}` : ""}`];
    if (!endpoint.healthCheckIP) return [`${peer} has no healthCheckIP`];
    const { last, min, average, max, stdDev } = latencyRTT ?? {};
    return [last, min, average, max, stdDev].every((value) => value) ? [] : [`${peer} has no round-trip times`];
  });
}

/** The faults of one cluster as it is now. */
export async function checkGateways({ client, name }: Cluster, namespace: string): Promise<readonly string[]> {
  return gatewayFaults(await listAll(client, GatewayKind, namespace)).map((fault) => `cluster "${name}": ${fault}`);
}
