// SPDX-License-Identifier: Apache-2.0
/**
 * What the gateway and the node agent share: command line, the source they work by (a config file, or the objects of a
 * Kubernetes cluster), the loop that keeps a node as the source wants it, /status and /metrics. An app adds its planner, its
 * view, and what runs beside the loop.
 *
 * ```
 * signals ─┐                        ┌─ facts ─┐
 * file ────┼─▶ NodeSource ─▶ NodeLoop ─▶ plan ─▶ dataplane ─▶ kernel
 * watches ─┘        │            │  ▲─ present rows ┘  │
 *                   └─▶ NodeState ◀─┴─── report ◀──────┘ ─▶ /status /metrics /readyz
 * ```
 *
 * @module
 */
export * from "./app.ts";
export * from "./cluster_report.ts";
export * from "./config_watch.ts";
export * from "./endpoint.ts";
export * from "./extra.ts";
export * from "./hop_report.ts";
export * from "./last_state.ts";
export * from "./node_app.ts";
export * from "./node_loop.ts";
export * from "./node_metrics.ts";
export * from "./node_problems.ts";
export * from "./node_source.ts";
export * from "./node_state.ts";
export * from "./node_status.ts";
export * from "./once_per_turn.ts";
export * from "./options.ts";
export * from "./print_verdicts.ts";
export * from "./probe_port.ts";
export * from "./read_config.ts";
export * from "./reconciler.ts";
export * from "./run_app.ts";
