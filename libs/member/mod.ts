// SPDX-License-Identifier: Apache-2.0
/**
 * A cluster's part in the clusterset: what Kubernetes' objects say about it, made into the one value the planners read; what it
 * tells the others; and whether they can be reached. Knows nothing of this node's kernel: what needs it is injected.
 *
 * @module
 */
export * from "./discovery/discover_cidrs.ts";
export * from "./discovery/discover_cni.ts";
export * from "./probes/go_duration.ts";
export * from "./probes/probe.ts";
export * from "./probes/prober.ts";
export { RTT_SAMPLES, type RttSummary, RttWindow } from "./probes/rtt_window.ts";
