// SPDX-License-Identifier: Apache-2.0
import { mkdir } from "node:fs/promises";
import { type Cluster, nodesOf } from "./cluster.ts";
import { run } from "./command.ts";
import { keepSource } from "./keep_source.ts";
import { FORWARDING, Namespace } from "./namespace.ts";
import type { Node } from "./node.ts";
import { type ClusterSpec, type Family, familyOf } from "./spec.ts";

/** Forwarding, addresses, routes to the pods of the cluster's other nodes, bpffs; in a Kubernetes cluster a default route too. */
export async function setUpNode(node: Node, cluster: Cluster, hasWan: boolean): Promise<void> {
  const address = (text: string, dev: string) =>
    text.includes(":") ? `address add ${text}/64 dev ${dev} nodad` : `address add ${text}/24 dev ${dev}`;
  const lines = node.linkAddresses("cluster").map((text) => address(text, "eth0"));
  if (hasWan) lines.push(...node.linkAddresses("wan").map((text) => address(text, "eth1")));
  // Flannel finds the way to the other nodes' pods by itself, and has rules for what keeps its source.
  const plain = cluster.cni !== "flannel";
  if (plain) for (const peer of nodesOf(cluster).filter((other) => other !== node)) lines.push(...routesToPods(peer));
  if (cluster.api !== undefined && hasWan) lines.push(...defaultRoutes(node, cluster));
  await mkdir(node.bpffs, { recursive: true });
  await mkdir(node.cniDir, { recursive: true });
  await Promise.all([
    run(["mount", "-t", "bpf", "bpf", node.bpffs]),
    node.ns.sysctl(FORWARDING).then(() => node.ns.ip(lines)),
    // As the masquerade agent of a Kubernetes cluster does: what stays inside the cluster keeps its source.
    ...(plain ? cluster.subnets.map((subnet) => keepSource(node, "-I", subnet)) : []),
  ]);
}

/** Pods a specification asks for, one after the other: host-local of one node hands out addresses under a lock. */
export async function addPods(node: Node, cluster: ClusterSpec | undefined): Promise<void> {
  const pods = cluster?.nodes[node.index]?.pods ?? 0;
  for (let pod = 0; pod < pods; pod++) await node.addPod(new Namespace(`${node.ns.name}-${pod}`));
}

/** Routes of a member of the cluster's segment to the pods of a node. */
export function routesToPods(node: Node): string[] {
  return node.subnets.map((subnet) => `route add ${subnet} ${node.via("cluster", familyOf(subnet))} dev eth0`);
}

/** Routes of a member of the wan segment to a cluster's segment, by its first gateway. */
export function routesToCluster(cluster: Cluster, families: readonly Family[]): string[] {
  const [gateway] = cluster.gateways;
  if (gateway === undefined) return [];
  return families.map((family) => {
    const segment = gateway.address(family).replace(family === 4 ? /\.\d+$/ : /::[0-9a-f]+$/, family === 4 ? ".0/24" : "::/64");
    return `route add ${segment} ${gateway.via("wan", family)} dev eth0`;
  });
}

/** To where the broker is: a gateway sits on the wan itself, other nodes go by the first gateway. */
function defaultRoutes(node: Node, cluster: Cluster): string[] {
  const [gateway] = cluster.gateways;
  if (gateway === undefined) return [];
  return node.families.map((family) => {
    const hop = node.gateway ? "dev eth1" : `${gateway.via("cluster", family)} dev eth0`;
    return `route add ${family === 4 ? "0.0.0.0/0" : "::/0"} ${hop}`;
  });
}
