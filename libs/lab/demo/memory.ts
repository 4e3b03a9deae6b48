// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import type { KubeApp, Lab } from "../mod.ts";
import { table } from "./table.ts";

/** Resident memory of one process of the demo. */
export interface Memory {
  /** "gateway", "routeagent", "apiserver" */
  readonly app: string;
  /** "east/gw1", "east", "broker" */
  readonly at: string;
  readonly rssMiB: number;
}

/** Resident memory of the apps and the API servers. */
export async function measureMemory(lab: Lab, apps: readonly KubeApp[]): Promise<Memory[]> {
  const servers = [
    ...lab.kubeClusters.map(({ cluster, control }) => ({ at: cluster.id, pids: control.pids() })),
    { at: "broker", pids: (await lab.broker()).pids() },
  ];
  return [
    ...apps.map((app) => ({ app: app.name, at: app.node.label, rssMiB: mebibytes(app.rss) })),
    ...servers.map(({ at, pids }) => ({
      app: "apiserver",
      at,
      rssMiB: mebibytes(pids.reduce((sum, pid) => sum + rssOf(pid), 0)),
    })),
  ];
}

/** A table of it. */
export function drawMemory(memory: readonly Memory[]): string {
  return table(
    ["resident memory", "at", "MiB"],
    memory.map(({ app, at, rssMiB }) => [app, at, rssMiB]),
  );
}

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / (1 << 20));
}
