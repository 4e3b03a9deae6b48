// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import { type AppName, appFiles } from "./app_files.ts";
import { type Cluster, nodesOf } from "./cluster.ts";
import type { Node } from "./node.ts";

/** UDP port of the VXLAN cable (Submariner: `udp-port`). */
const CABLE_PORT = 4500;

/** The cluster file of one app on one node, as an administrator would write it for this lab. */
export function clusterFile(clusters: readonly Cluster[], node: Node, app: AppName): Record<string, unknown> {
  const own = clusters.find((cluster) => cluster.id === node.cluster);
  if (own === undefined) throw new RangeError(`${node.label} is in none of the clusters`);
  return {
    cluster: own.id,
    node: node.name,
    subnets: own.subnets,
    nodes: nodesOf(own).map((member) => ({
      name: member.name,
      addresses: member.families.map((family) => member.address(family)),
      subnets: member.subnets,
      ...(member.gateway ? { gateway: true } : {}),
    })),
    clusters: clusters.filter((cluster) => cluster !== own).map(remoteCluster),
    pinDir: `${node.bpffs}/strait`,
    cniCacheDir: node.cniDir,
    listen: `unix:${appFiles(node, app).socket}`,
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

/** Writes `<node dir>/<app>.yaml` and returns its path. `change` is merged over the lab's own keys. */
export async function writeConfig(
  clusters: readonly Cluster[],
  node: Node,
  app: AppName,
  change: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const path = appFiles(node, app).config;
  await Bun.write(path, stringify({ ...clusterFile(clusters, node, app), ...change }));
  return path;
}
