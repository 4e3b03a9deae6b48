// SPDX-License-Identifier: Apache-2.0
import { createMemberSource, type OpenPings } from "@strait/member";
import { ok, type Result, refuse } from "@strait/model";
import { type AppContext, type AppParts, ProbePort } from "@strait/node";
import { brokerDuty } from "./broker_duty.ts";
import { cablesOf } from "./cables.ts";
import { registerGatewayMetrics } from "./gateway_metrics.ts";
import { GatewayRole } from "./gateway_role.ts";
import { readKubernetesConfig } from "./kubernetes_config.ts";
import type { NodeNetwork } from "./node_network.ts";

/** What needs this node's kernel; a test gives its own. */
export interface Hands {
  readonly openNetwork: () => NodeNetwork;
  readonly openPings: OpenPings;
}

/** The kernel's own, loaded when they are needed: --help works without the compiled parts. */
export async function kernelHands(): Promise<Hands> {
  const [{ openPinger }, { openNodeNetwork }] = await Promise.all([import("@strait/dataplane"), import("./node_network.ts")]);
  return { openNetwork: openNodeNetwork, openPings: openPinger };
}

/**
 * The gateway in Kubernetes: what it works by and what runs beside its loop, wired together.
 *
 * ```
 * API server ─watch─▶ MemberSource ─ClusterFile─▶ loop ─▶ dataplane
 *      ▲                   │                       │applied
 *      │                   ▼                       ▼
 *      ├── Gateway ◀── GatewayRole: election · probes · what this gateway is
 *      └── Cluster, Endpoint ◀── Publisher   broker ◀─sync─▶ (the leader only)
 * ```
 */
export async function gatewayParts(context: AppContext, hands = kernelHands): Promise<Result<AppParts>> {
  const { env, options, recall, log, timers, metrics } = context;
  const { kubernetes } = options;
  if (!kubernetes) return refuse("SUBMARINER_NAMESPACE and SUBMARINER_CLUSTERID are not set");
  const config = readKubernetesConfig(env);
  if (!config.ok) return config;
  const { namespace, clusterId } = kubernetes;
  const { listen, log: logLevel } = options;
  const made = await createMemberSource({ env, namespace, clusterId, role: "gateway", listen, logLevel, recall, log, timers });
  if (!made.ok) return made;
  const member = made.value;
  const { openNetwork, openPings } = await hands();
  const { broker: access } = config.value;
  const openBroker =
    access && ((onChange: () => void) => brokerDuty({ context, member, access, namespace, clusterId, onChange }));
  const common = { context, member, config: config.value, namespace, clusterId };
  const role = new GatewayRole({ ...common, network: openNetwork(), openPings, openBroker });
  registerGatewayMetrics(metrics, () => ({
    cluster: clusterId,
    hostname: member.nodeName,
    endpointIp: role.publishedIp,
    backend: config.value.backend,
    leading: role.leading,
    connections: role.connections(),
    cables: cablesOf(context, member.source.problems),
    gateways: new Map(
      member.source.gateways.store
        .list()
        .map(({ metadata, status }) => [status.localEndpoint.hostname, Date.parse(metadata.creationTimestamp ?? "") || 0]),
    ),
    reports: role.reports,
  }));
  return ok({
    source: member.source,
    extras: [role, new ProbePort({ context, port: config.value.metricsPort, source: member.source })],
  });
}
