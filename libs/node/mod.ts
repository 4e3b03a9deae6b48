// SPDX-License-Identifier: Apache-2.0
/**
 * What the gateway and the node agent share when they run from a config file, without Kubernetes: command line, the config in
 * force, the loop that keeps a node as the config wants it, /status and /metrics. An app adds its planner and its view.
 *
 * ```
 * signals ─┐                        ┌─ facts ─┐
 * file ────┼─▶ ConfigWatch ─▶ NodeLoop ─▶ plan ─▶ dataplane ─▶ kernel
 * kernel ──┘        │            │  ▲─ present rows ┘  │
 *                   └─▶ NodeState ◀─┴─── report ◀──────┘ ─▶ /status /metrics /readyz
 * ```
 *
 * @module
 */
export * from "./app.ts";
export * from "./backoff.ts";
export * from "./cluster_report.ts";
export * from "./config_watch.ts";
export * from "./endpoint.ts";
export * from "./hop_report.ts";
export * from "./node_app.ts";
export * from "./node_loop.ts";
export * from "./node_metrics.ts";
export * from "./node_problems.ts";
export * from "./node_state.ts";
export * from "./node_status.ts";
export * from "./once_per_turn.ts";
export * from "./options.ts";
export * from "./print_verdicts.ts";
export * from "./read_config.ts";
export * from "./reconciler.ts";
export * from "./run_app.ts";
export * from "./timers.ts";
