// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { type KubeApp, type KubeCluster, output } from "@strait/lab";

/** What Strait's apps of a cluster asked of API servers and were told so far. */
export interface ApiUse {
  /** Requests by their accounts, as the audit log of the cluster's API server has them; a watch is one. */
  readonly requests: number;
  /** Bytes from their API servers, the broker's included, by the kernel's counters of each connection that stands. */
  readonly connections: ReadonlyMap<string, Bytes>;
}

interface Bytes {
  readonly received: number;
  readonly sent: number;
}

/** What they asked for and were told between two looks. */
export interface ApiCost extends Bytes {
  readonly requests: number;
}

/** Reads it now. */
export async function apiUse(kube: KubeCluster, apps: readonly KubeApp[]): Promise<ApiUse> {
  const file = `${kube.control.dir}/audit.log`;
  const requests = existsSync(file) ? countRequests(readFileSync(file, "utf8")) : 0;
  const found = await Promise.all(
    apps.map(async ({ node, pid }) => {
      const { stdout } = await output([
        "nsenter",
        `--net=${node.ns.path}`,
        "ss",
        "--tcp",
        "--info",
        "--processes",
        "--no-header",
        "--oneline",
        "--numeric",
      ]);
      return [...connectionsOf(stdout, pid ?? 0)].map(([name, bytes]) => [`${node.label} ${name}`, bytes] as const);
    }),
  );
  return { requests, connections: new Map(found.flat()) };
}

/** The difference of two looks. What a connection carried that began and ended between them is in no look. */
export function apiCost(before: ApiUse, after: ApiUse): ApiCost {
  let [received, sent] = [0, 0];
  for (const [name, now] of after.connections) {
    const then = before.connections.get(name);
    received += now.received - (then?.received ?? 0);
    sent += now.sent - (then?.sent ?? 0);
  }
  return { requests: after.requests - before.requests, received, sent };
}

/** Lines of an audit log (audit.k8s.io/v1) that tell of requests by Strait's accounts. */
export function countRequests(log: string): number {
  return log.split("\n").filter((line) => /"username":"system:serviceaccount:submariner-operator:submariner-/.test(line)).length;
}

/** Connections of a process to other places, from `ss --tcp --info --processes --oneline`. */
export function connectionsOf(text: string, pid: number): Map<string, Bytes> {
  const found = new Map<string, Bytes>();
  for (const line of text.split("\n")) {
    const [, , , local = "", peer = ""] = line.trim().split(/\s+/);
    if (!line.includes(`pid=${pid},`) || /^(127\.|\[::1\]|\[::ffff:127\.)/.test(peer)) continue;
    const number = (name: string): number => Number(new RegExp(`\\b${name}:(\\d+)`).exec(line)?.[1] ?? 0);
    found.set(`${local} ${peer}`, { received: number("bytes_received"), sent: number("bytes_sent") });
  }
  return found;
}
