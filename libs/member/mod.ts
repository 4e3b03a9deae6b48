// SPDX-License-Identifier: Apache-2.0
/**
 * A cluster's part in the clusterset: what Kubernetes' objects say about it, made into the one value the planners read; what it
 * tells the others; and whether they can be reached. Knows nothing of this node's kernel: what needs it is injected.
 *
 * @module
 */
export { type BrokerAccess, brokerAccess } from "./broker/broker_connection.ts";
export * from "./discovery/discover_cidrs.ts";
export * from "./discovery/discover_cni.ts";
export { GatewayReporter, type GatewayReporterOptions } from "./gateway/gateway_reporter.ts";
export { type Publication, Publisher, type PublisherOptions } from "./gateway/publisher.ts";
export * from "./probes/go_duration.ts";
export * from "./probes/probe.ts";
export { ProbeAim } from "./probes/probe_aim.ts";
export * from "./probes/prober.ts";
export { RTT_SAMPLES, type RttSummary, RttWindow } from "./probes/rtt_window.ts";
export * from "./publish/connections.ts";
export * from "./publish/gateway_object.ts";
export * from "./publish/health_check_ips.ts";
export * from "./publish/live_gateways.ts";
export * from "./publish/local_endpoint.ts";
export * from "./publish/node_settings.ts";
export * from "./publish/public_addresses.ts";
export { MemberSource, type MemberSourceOptions } from "./source/member_source.ts";
export type { PlacedNode } from "./source/placed_kinds.ts";
export type { PlacedPod } from "./source/placed_pod.ts";
export { createMemberSource, type Member, type MemberStart } from "./source/start_member.ts";
export { BrokerSync, type BrokerSyncOptions, type BrokerSyncState, type SideState } from "./sync/broker_sync.ts";
