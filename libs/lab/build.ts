// SPDX-License-Identifier: Apache-2.0
import { mkdir } from "node:fs/promises";
import { clusterSubnets, linkLocal, nodeSubnet, underlayAddress, WAN } from "./address_plan.ts";
import { type Built, type Cluster, nodesOf } from "./cluster.ts";
import { run } from "./command.ts";
import { keepSource } from "./keep_source.ts";
import { labDir, namespacePrefix } from "./lab_id.ts";
import { createNamespaces, FORWARDING, Namespace } from "./namespace.ts";
import { Node } from "./node.ts";
import { laySegment } from "./segment.ts";
import { type ClusterSpec, familiesOf, type LabSpec, namespacesOf, underlayOf } from "./spec.ts";

/**
 * Builds what a specification says, in order: namespaces, segments, nodes (addresses, forwarding, routes, bpffs), pods.
 * Namespaces stand when it throws halfway: whoever calls it removes the lab then.
 */
export async function build(id: string, spec: LabSpec): Promise<Built> {
  const mtu = spec.mtu ?? 1500;
  const names = namespacesOf(spec).map((name) => `${namespacePrefix(id)}${name}`);
  const hub = (segment: string) => {
    const name = `${namespacePrefix(id)}hub-${segment}`;
    return names.includes(name) ? new Namespace(name) : undefined;
  };
  await claimDirectory(labDir(id));
  await createNamespaces(names);

  let wanMember = 0;
  const clusters: Cluster[] = [];
  for (const [index, cluster] of spec.clusters.entries()) {
    const nodes = cluster.nodes.map((node, k) =>
      makeNode(id, spec, cluster, index + 1, k, node.gateway ? wanMember++ : undefined),
    );
    const ends = nodes.map((node) => ({ ns: node.ns, ifname: "eth0" }));
    clusters.push({
      id: cluster.id,
      cni: cluster.cni ?? "bridge",
      nodes: Object.fromEntries(nodes.map((node) => [node.name, node])),
      subnets: familiesOf(cluster).map((family) => clusterSubnets(cluster, index + 1)[family]),
      gateways: nodes.filter((node) => node.gateway),
      segment: await laySegment(cluster.id, ends, mtu, { hub: hub(cluster.id) }),
    });
  }
  const onWan = clusters.flatMap((cluster) => cluster.gateways).map((node) => ({ ns: node.ns, ifname: "eth1" }));
  const wan = onWan.length > 1 ? await laySegment("wan", onWan, mtu, { hub: hub("wan") }) : undefined;
  await Promise.all(clusters.flatMap((cluster) => nodesOf(cluster).map((node) => setUpNode(node, cluster, wan !== undefined))));
  await Promise.all(clusters.flatMap((cluster, index) => nodesOf(cluster).map((node) => addPods(node, spec.clusters[index]))));
  return { clusters, ...(wan === undefined ? {} : { wan }) };
}

/** Makes the lab's directory. The last lab to go takes the parent directory with it, maybe right between our two steps. */
async function claimDirectory(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true }).catch(() => mkdir(dir, { recursive: true }));
}

function makeNode(
  id: string,
  spec: LabSpec,
  cluster: ClusterSpec,
  number: number,
  k: number,
  wanMember: number | undefined,
): Node {
  const node = cluster.nodes[k];
  if (node === undefined) throw new RangeError(`cluster ${cluster.id} has no node ${k}`);
  const ns = new Namespace(`${namespacePrefix(id)}${cluster.id}-${node.name}`);
  const dir = `${labDir(id)}/${cluster.id}-${node.name}`;
  const families = underlayOf(spec);
  const own = (segment: number, n: number) => {
    const both = underlayAddress(segment, n);
    const addresses = Object.fromEntries(families.map((family) => [family, both[family]]));
    return { addresses, linkLocal: linkLocal(segment, n) };
  };
  return new Node({
    name: node.name,
    cluster: cluster.id,
    index: k,
    gateway: node.gateway ?? false,
    ns,
    dir,
    families,
    ...own(number, k),
    ...(wanMember === undefined ? {} : { wan: own(WAN, wanMember) }),
    runtime: {
      plugin: cluster.cni ?? "bridge",
      node: ns,
      stateDir: `${dir}/cni`,
      subnets: familiesOf(cluster).map((family) => nodeSubnet(clusterSubnets(cluster, number)[family], k)),
      mtu: spec.mtu ?? 1500,
    },
  });
}

/** Forwarding, addresses, routes to the pods of the cluster's other nodes, bpffs. */
async function setUpNode(node: Node, cluster: Cluster, hasWan: boolean): Promise<void> {
  const address = (text: string, dev: string) =>
    text.includes(":") ? `address add ${text}/64 dev ${dev} nodad` : `address add ${text}/24 dev ${dev}`;
  const lines = node.linkAddresses("cluster").map((text) => address(text, "eth0"));
  if (hasWan) lines.push(...node.linkAddresses("wan").map((text) => address(text, "eth1")));
  for (const peer of nodesOf(cluster).filter((other) => other !== node)) {
    for (const subnet of peer.subnets) {
      lines.push(`route add ${subnet} ${peer.via("cluster", subnet.includes(":") ? 6 : 4)} dev eth0`);
    }
  }
  await mkdir(node.bpffs, { recursive: true });
  await mkdir(node.cniDir, { recursive: true });
  await Promise.all([
    run(["mount", "-t", "bpf", "bpf", node.bpffs]),
    node.ns.sysctl(FORWARDING).then(() => node.ns.ip(lines)),
    // As the masquerade agent of a Kubernetes cluster does: what stays inside the cluster keeps its source.
    ...cluster.subnets.map((subnet) => keepSource(node, "-I", subnet)),
  ]);
}

/** One after the other: host-local of one node hands out addresses under a lock. */
async function addPods(node: Node, cluster: ClusterSpec | undefined): Promise<void> {
  const pods = cluster?.nodes[node.index]?.pods ?? 0;
  for (let pod = 0; pod < pods; pod++) await node.addPod(new Namespace(`${node.ns.name}-${pod}`));
}
