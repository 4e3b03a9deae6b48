// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import type { AppName } from "./app.ts";
import type { Cluster, Lab } from "./cluster_lab.ts";
import type { Node } from "./node.ts";

/** UDP port of the VXLAN cable (Submariner: `udp-port`). */
const CABLE_PORT = 4500;

/** The cluster file of one app on one node, as an administrator would write it for this lab. */
export function clusterFile(lab: Lab, node: Node, app: AppName): Record<string, unknown> {
  const own = lab.cluster(node.cluster);
  return {
    cluster: own.id,
    node: node.name,
    subnets: own.subnets,
    nodes: Object.values<Node>(own.nodes).map((member) => ({
      name: member.name,
      addresses: member.families.map((family) => member.address(family)),
      subnets: member.subnets,
      ...(member.gateway ? { gateway: true } : {}),
    })),
    clusters: lab.othersOf(own).map(remoteCluster),
    pinDir: `${node.bpffs}/strait`,
    cniCacheDir: node.cniDir,
    listen: `unix:${socketPath(node, app)}`,
    log: "debug",
  };
}

function remoteCluster(cluster: Cluster): Record<string, unknown> {
  return {
    id: cluster.id,
    subnets: cluster.subnets,
    gateways: cluster.gateways.map((gateway) => ({
      name: gateway.name,
      addresses: gateway.families.map((family) => gateway.wanAddress(family)),
      port: CABLE_PORT,
    })),
  };
}

/** Where an app answers /readyz, /status and /metrics. */
export function socketPath(node: Node, app: AppName): string {
  return `${node.dir}/${app}.sock`;
}

/** Writes `<node dir>/<app>.yaml` and returns its path. `change` is merged over the lab's own keys. */
export async function writeConfig(
  lab: Lab,
  node: Node,
  app: AppName,
  change: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const path = `${node.dir}/${app}.yaml`;
  await Bun.write(path, stringify({ ...clusterFile(lab, node, app), ...change }));
  return path;
}
