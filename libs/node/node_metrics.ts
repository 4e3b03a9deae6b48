// SPDX-License-Identifier: Apache-2.0
import type { ApplyReport } from "@strait/dataplane";
import { mapNames } from "@strait/model";
import type { Counter, Metrics, Sample } from "@strait/obs";
import { type HopReport, type HopTraffic, hopReports } from "./hop_report.ts";
import type { NodeView } from "./node_status.ts";

/** Counters that are fed by the loop; the others are read at a scrape. */
export interface NodeMetrics {
  /** Adds what one pass wrote and removed. */
  applied(report: ApplyReport): void;
  /** Counts a pass that ended early. */
  failed(): void;
}

/** Registers the metrics both apps share. Packets by reason are the node's: on a gateway node both apps print the same. */
export function registerNodeMetrics(metrics: Metrics, view: () => NodeView): NodeMetrics {
  const gauge = (name: string, help: string, value: (of: NodeView) => number): void =>
    metrics.collector({ name, help, type: "gauge" }, () => [{ labels: {}, value: value(view()) }]);
  metrics.collector({ name: "strait_build_info", help: "1; the labels tell what runs.", type: "gauge" }, () => {
    const { app, version } = view();
    return [{ labels: { app, version, bun: Bun.version }, value: 1 }];
  });
  gauge("strait_config_ok", "1 where the config file as it is now is in force, 0 where it is refused.", ({ config }) =>
    bit(config.reasons.length === 0),
  );
  gauge("strait_ready", "1 once everything was applied without a failure.", ({ state }) => bit(state.ready));
  gauge(
    "strait_problems",
    "What is not as it should be; /status names each.",
    (of) => (of.problems?.length ?? 0) + of.state.problems.length,
  );
  gauge(
    "strait_last_apply_timestamp_seconds",
    "When the last pass was complete; 0 before the first.",
    ({ state }) => (state.appliedAt ?? 0) / 1000,
  );

  for (const unit of ["packets", "bytes"] as const) {
    const help = `${unit === "packets" ? "Packets" : "Bytes"} of this node by what became of them.`;
    metrics.collector({ name: `strait_${unit}_total`, help, type: "counter" }, () =>
      view().counters.reasons.map((count) => ({ labels: { reason: count.reason }, value: count[unit] })),
    );
  }
  for (const [field, name, help] of HOP_METRICS) {
    metrics.collector({ name, help, type: "counter" }, () => hopSamples(view(), field));
  }
  return passMetrics(metrics);
}

const HOP_METRICS: readonly (readonly [keyof HopTraffic, string, string])[] = [
  ["txPackets", "strait_hop_tx_packets_total", "Packets sent to a hop of this app."],
  ["txBytes", "strait_hop_tx_bytes_total", "Inner bytes sent to a hop of this app."],
  ["rxPackets", "strait_hop_rx_packets_total", "Packets taken from a hop of this app."],
  ["rxBytes", "strait_hop_rx_bytes_total", "Inner bytes taken from a hop of this app."],
];

/** The other app's hops are in its own metrics: a sum over both must not count them twice. */
function hopSamples({ state, owner, counters }: NodeView, field: keyof HopTraffic): Sample[] {
  const samples = new Map<string, { labels: Sample["labels"]; value: bigint }>();
  for (const hop of state.applied ? hopReports(state.applied, owner, counters.traffic) : []) {
    if (hop.owner !== owner) continue;
    const labels = hopLabels(hop);
    const key = `${hop.kind} ${hop.remote}`;
    samples.set(key, { labels, value: (samples.get(key)?.value ?? 0n) + hop[field] });
  }
  return [...samples.values()];
}

function hopLabels({ kind, remote }: HopReport): Sample["labels"] {
  return { kind, remote };
}

function passMetrics(metrics: Metrics): NodeMetrics {
  const writes = metrics.counter("strait_apply_writes_total", "Rows, links, routes and attachments written.");
  const removes = metrics.counter("strait_apply_removes_total", "Rows, links, routes and attachments removed.");
  const failures = metrics.counter("strait_apply_failures_total", "Objects that could not be written or removed.");
  const errors = metrics.counter("strait_reconcile_errors_total", "Passes that ended before anything was applied.");
  for (const map of mapNames) for (const counter of [writes, removes]) counter.add({ map }, 0);
  for (const counter of [failures, errors]) counter.add({}, 0);
  const each = (counter: Counter, counts: Readonly<Record<string, number>>): void => {
    for (const [map, count] of Object.entries(counts)) counter.add({ map }, count);
  };
  return {
    applied(report) {
      each(writes, report.writes);
      each(removes, report.removes);
      failures.add({}, report.failures.length);
    },
    failed: () => errors.add(),
  };
}

function bit(value: boolean): number {
  return value ? 1 : 0;
}
