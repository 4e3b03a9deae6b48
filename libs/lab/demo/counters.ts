// SPDX-License-Identifier: Apache-2.0
import { type Lab, type Node, parseMetrics } from "../mod.ts";
import { table } from "./table.ts";

/** What the BPF programs of every node counted, one column per node, as the apps' /metrics tell it; zeros are left out. */
export async function drawCounters(lab: Lab): Promise<string> {
  const nodes = lab.nodes;
  const counted = await Promise.all(nodes.map((node) => packetsByReason(lab, node)));
  const reasons = [...new Set(counted.flatMap((counts) => [...counts.keys()]))].sort();
  return table(
    ["packets", ...nodes.map((node) => node.label)],
    reasons.map((reason) => [reason, ...counted.map((counts) => counts.get(reason) ?? 0)]),
  );
}

async function packetsByReason(lab: Lab, node: Node): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const app = lab.apps.find((candidate) => candidate.node === node && candidate.name === "routeagent" && candidate.running);
  if (app === undefined) return counts;
  for (const { name, labels, value } of parseMetrics(await app.get("/metrics"))) {
    const { reason } = labels;
    if (name !== "strait_packets_total" || reason === undefined || value === 0) continue;
    counts.set(reason, (counts.get(reason) ?? 0) + value);
  }
  return counts;
}
