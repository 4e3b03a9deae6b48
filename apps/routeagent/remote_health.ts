// SPDX-License-Identifier: Apache-2.0
import { endpointSpecOf, type RouteAgent } from "@strait/k8s";
import { connectionOf, type ProbeReport, type RemoteLink } from "@strait/member";

/** How one other cluster is reached from this node, as a RouteAgent tells it. */
export type RemoteHealth = NonNullable<RouteAgent["status"]["remoteEndpoints"]>[number];

const RANK = { connected: 0, connecting: 1, error: 2, none: 3 } as const;

/**
 * One entry for each other cluster. A cluster is as well reached as the best of its gateways: all of them forward. Where nothing
 * is probed the state is `none`, with the reason.
 *
 * @param links those of each cluster together, its Endpoint's own gateway first
 * @param unprobed why a link without a report is not probed
 */
export function remoteHealth(
  links: readonly RemoteLink[],
  reportOf: (key: string) => ProbeReport | undefined,
  unprobed: string,
): RemoteHealth[] {
  const best = new Map<string, RemoteHealth>();
  for (const link of links) {
    const entry = healthOf(link, reportOf(link.key), unprobed);
    const known = best.get(link.endpoint.clusterId);
    if (!known || rank(entry) < rank(known)) best.set(link.endpoint.clusterId, entry);
  }
  return [...best.values()];
}

function healthOf(link: RemoteLink, probe: ProbeReport | undefined, unprobed: string): RemoteHealth {
  if (!probe) return { status: "none", statusMessage: unprobed, spec: endpointSpecOf(link.endpoint) };
  const [remote] = link.gateway.privateIps;
  const cable = { remote, reason: undefined };
  const { endpoint: spec, latencyRTT } = connectionOf(link, { cable, probe, unprobed, receiving: false });
  return { status: probe.status, statusMessage: probe.message, spec, ...(latencyRTT && { latencyRTT }) };
}

function rank({ status }: RemoteHealth): number {
  return RANK[status as keyof typeof RANK] ?? RANK.none;
}
