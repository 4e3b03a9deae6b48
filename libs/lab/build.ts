// SPDX-License-Identifier: Apache-2.0
import { mkdir } from "node:fs/promises";
import { clusterSubnets, linkLocal, nodeSubnet, serviceSubnets, underlayAddress, WAN } from "./address_plan.ts";
import { type Built, type Cluster, nodesOf } from "./cluster.ts";
import { labDir, namespacePrefix } from "./lab_id.ts";
import { createNamespaces, Namespace } from "./namespace.ts";
import { Node } from "./node.ts";
import { laySegment } from "./segment.ts";
import { addPods, routesToCluster, routesToPods, setUpNode } from "./set_up_node.ts";
import { type ClusterSpec, familiesOf, hasWan, hasWorkstation, type LabSpec, namespacesOf, underlayOf } from "./spec.ts";
import { Station } from "./station.ts";

/**
 * Builds what a specification says, in order: namespaces, segments, nodes (addresses, forwarding, routes, bpffs), stations, pods.
 * Namespaces stand when it throws halfway: whoever calls it removes the lab then.
 */
export async function build(id: string, spec: LabSpec): Promise<Built> {
  const mtu = spec.mtu ?? 1500;
  const families = underlayOf(spec);
  const names = namespacesOf(spec).map((name) => `${namespacePrefix(id)}${name}`);
  const place = (name: string) => new Namespace(`${namespacePrefix(id)}${name}`);
  const hub = (segment: string) => (names.includes(place(`hub-${segment}`).name) ? place(`hub-${segment}`) : undefined);
  await claimDirectory(labDir(id));
  await createNamespaces(names);

  const segments = spec.clusters.flatMap((cluster, index) => (cluster.kubernetes ? [index + 1] : []));
  if (hasWan(spec)) segments.unshift(WAN);
  const workstation = hasWorkstation(spec) ? Station.workstation(place("workstation"), families, segments) : undefined;
  const broker = spec.broker ? Station.broker(place("broker"), families) : undefined;
  let wanMember = 0;
  const clusters: Cluster[] = [];
  for (const [index, cluster] of spec.clusters.entries()) {
    const number = index + 1;
    const nodes = cluster.nodes.map((node, k) => makeNode(id, spec, cluster, number, k, node.gateway ? wanMember++ : undefined));
    const api = cluster.kubernetes ? Station.api(cluster.id, number, place(`${cluster.id}-api`), families) : undefined;
    const ends = nodes.map((node) => ({ ns: node.ns, ifname: "eth0" }));
    if (api !== undefined && workstation !== undefined) ends.push(api.end(number), workstation.end(number));
    clusters.push({
      id: cluster.id,
      cni: cluster.cni ?? "bridge",
      nodes: Object.fromEntries(nodes.map((node) => [node.name, node])),
      subnets: familiesOf(cluster).map((family) => clusterSubnets(cluster, number)[family]),
      gateways: nodes.filter((node) => node.gateway),
      segment: await laySegment(cluster.id, ends, mtu, { hub: hub(cluster.id) }),
      nodeCidrs: cluster.nodeCidrs ?? true,
      dns: cluster.dns ?? false,
      serviceSubnets: api === undefined ? [] : familiesOf(cluster).map((family) => serviceSubnets(number)[family]),
      ...(api === undefined ? {} : { api }),
    });
  }
  const onWan = clusters.flatMap((cluster) => cluster.gateways).map((node) => ({ ns: node.ns, ifname: "eth1" }));
  if (hasWan(spec)) for (const station of [broker, workstation]) if (station !== undefined) onWan.push(station.end(WAN));
  const wan = hasWan(spec) ? await laySegment("wan", onWan, mtu, { hub: hub("wan") }) : undefined;
  await Promise.all([
    ...clusters.flatMap((cluster) => nodesOf(cluster).map((node) => setUpNode(node, cluster, wan !== undefined))),
    ...clusters.map((cluster) => cluster.api?.setUp(nodesOf(cluster).flatMap(routesToPods))),
    broker?.setUp(clusters.flatMap((cluster) => routesToCluster(cluster, families))),
    workstation?.setUp(),
  ]);
  await Promise.all(clusters.flatMap((cluster, index) => nodesOf(cluster).map((node) => addPods(node, spec.clusters[index]))));
  return {
    clusters,
    ...(wan === undefined ? {} : { wan }),
    ...(broker === undefined ? {} : { broker }),
    ...(workstation === undefined ? {} : { workstation }),
  };
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
