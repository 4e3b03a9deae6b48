// SPDX-License-Identifier: Apache-2.0
import {
  address,
  type Cidr,
  cidr,
  clusterId,
  DELIVERIES,
  ifIndex,
  linkMtu,
  mac,
  type NodeFacts,
  type NodeSpec,
  nodeName,
  type PodRouteFact,
  sameCidr,
} from "@strait/model";
import type { Random } from "@strait/model/testing";
import { blockRoute, factsOf, type Scene } from "./scenes.ts";

type Change = (random: Random, scene: Scene) => Scene;

/** The facts that belong to a file, with the objects of the old ones where they are equal; pods, addresses and MTUs stay. */
function refreshed({ file, facts }: Scene): Scene {
  const fresh = factsOf(file);
  const known = new Map(facts.paths.map((path) => [`${path.remote.family} ${path.remote.value}`, path]));
  // Two nodes may share an address for a moment; the kernel is asked once for each.
  const unique = new Map(fresh.paths.map((path) => [`${path.remote.family} ${path.remote.value}`, path]));
  const paths = [...unique].map(([remote, path]) => known.get(remote) ?? path);
  return { file, facts: { ...facts, uplinks: facts.uplinks, paths } };
}

function replaceAt<T>(list: readonly T[], at: number, item: T): T[] {
  return list.map((old, i) => (i === at ? item : old));
}

const node = (n: number, gateway: boolean): NodeSpec => ({
  name: nodeName(`m${n}`),
  addresses: [address(`172.31.1.${120 + n}`)],
  subnets: [cidr(`10.1.${120 + n}.0/24`)],
  gateway,
});

const hostPrefix = (n: number): Cidr => cidr(`10.1.200.${n}/32`);

/** What may happen between two passes. Every one keeps the objects it does not change. */
const changes: readonly Change[] = [
  (_, scene) => scene,
  (random, { file, facts }) => {
    const added = node(random.below(40), random.below(3) === 0);
    if (file.nodes.some(({ name }) => name === added.name)) return { file, facts };
    return refreshed({ file: { ...file, nodes: [...file.nodes, added] }, facts });
  },
  (random, { file, facts }) => {
    const nodes = file.nodes.filter(({ name }, i) => name === file.node || i !== random.below(file.nodes.length));
    return refreshed({ file: { ...file, nodes }, facts });
  },
  (random, { file, facts }) => {
    const at = random.below(file.nodes.length);
    const old = file.nodes[at];
    if (!old || old.name === file.node) return { file, facts };
    return { file: { ...file, nodes: replaceAt(file.nodes, at, { ...old, gateway: !old.gateway }) }, facts };
  },
  (random, { file, facts }) => {
    const at = random.below(file.nodes.length);
    const old = file.nodes[at];
    if (!old) return { file, facts };
    return { file: { ...file, nodes: replaceAt(file.nodes, at, { ...old, ready: old.ready === false }) }, facts };
  },
  (random, { file, facts }) => {
    const at = random.below(file.nodes.length);
    const old = file.nodes[at];
    if (!old) return { file, facts };
    return { file: { ...file, nodes: replaceAt(file.nodes, at, { ...old, standby: !old.standby }) }, facts };
  },
  (random, { file, facts }) => {
    const at = random.below(file.nodes.length);
    const old = file.nodes[at];
    if (!old || old.name === file.node) return { file, facts };
    return { file: { ...file, nodes: replaceAt(file.nodes, at, { ...old, left: !old.left }) }, facts };
  },
  (random, { file, facts }) => {
    const at = random.below(file.clusters.length + 1);
    const old = file.clusters[at];
    if (!old) return { file, facts };
    const gateways = old.gateways.map((gateway) => (random.below(2) === 0 ? { ...gateway, leaving: !gateway.leaving } : gateway));
    return { file: { ...file, clusters: replaceAt(file.clusters, at, { ...old, gateways }) }, facts };
  },
  // Pods of a CNI without per-node subnets: host prefixes come and go, and may show at two nodes for a moment.
  (random, { file, facts }) => {
    const at = random.below(file.nodes.length);
    const old = file.nodes[at];
    if (!old) return { file, facts };
    const prefix = hostPrefix(random.below(6));
    const has = old.subnets.some(({ address: a }) => a.value === prefix.address.value);
    const subnets = has ? old.subnets.filter(({ address: a }) => a.value !== prefix.address.value) : [...old.subnets, prefix];
    return { file: { ...file, nodes: replaceAt(file.nodes, at, { ...old, subnets }) }, facts };
  },
  // Two nodes with one address.
  (random, { file, facts }) => {
    const [a, b] = [random.pick(file.nodes), random.below(file.nodes.length)];
    const old = file.nodes[b];
    if (!old || old.name === file.node) return { file, facts };
    return refreshed({ file: { ...file, nodes: replaceAt(file.nodes, b, { ...old, addresses: a.addresses }) }, facts });
  },
  (random, { file, facts }) => {
    const n = 20 + random.below(12);
    if (file.clusters.some(({ id }) => id === `c${n}`)) return { file, facts };
    const gateways = [{ name: nodeName("g0"), addresses: [address(`172.31.201.${n}`)], port: 4500 + random.below(2) }];
    const fresh = { id: clusterId(`c${n}`), subnets: [cidr(`10.${n}.0.0/16`)], gateways };
    return refreshed({ file: { ...file, clusters: [...file.clusters, fresh] }, facts });
  },
  (random, { file, facts }) => {
    const out = random.below(file.clusters.length + 1);
    return refreshed({ file: { ...file, clusters: file.clusters.filter((_, i) => i !== out) }, facts });
  },
  (random, { file, facts }) => {
    const at = random.below(file.clusters.length + 1);
    const old = file.clusters[at];
    if (!old) return { file, facts };
    const n = random.below(250);
    if (old.gateways.some(({ name }) => name === `x${n}`)) return { file, facts };
    const extra = { name: nodeName(`x${n}`), addresses: [address(`172.31.202.${n}`)], port: 4500 };
    const gateways =
      old.gateways.length > 1 && random.below(2) === 0 ? old.gateways.slice(1) : [...old.gateways.slice(0, 1), extra];
    return refreshed({ file: { ...file, clusters: replaceAt(file.clusters, at, { ...old, gateways }) }, facts });
  },
  (random, { file, facts }) => {
    const at = random.below(file.clusters.length + 1);
    const old = file.clusters[at];
    if (!old) return { file, facts };
    const subnets = old.subnets.length > 1 ? old.subnets.slice(1) : [...old.subnets, cidr(`100.64.${old.id.slice(1)}.0/24`)];
    return { file: { ...file, clusters: replaceAt(file.clusters, at, { ...old, subnets }) }, facts };
  },
  (random, { file, facts }) => {
    const out = random.below(facts.paths.length + 1);
    return { file, facts: { ...facts, paths: facts.paths.filter((_, i) => i !== out) } };
  },
  (_, scene) => refreshed(scene),
  (random, { file, facts }) => {
    const at = random.below(facts.paths.length + 1);
    const old = facts.paths[at];
    if (!old) return { file, facts };
    return { file, facts: { ...facts, paths: replaceAt(facts.paths, at, { ...old, mtu: linkMtu(1400 + random.below(100)) }) } };
  },
  (random, { file, facts }) => {
    const n = random.below(6);
    const pods = [{ address: hostPrefix(random.below(4)).address }];
    const one: NodeFacts["podInterfaces"][number] = {
      name: `veth${n}`,
      ifindex: ifIndex(40 + n),
      mac: mac("02:00:00:00:00:07"),
      sources: pods.map(({ address: a }) => ({ address: a, prefixLength: 32 })),
      pods,
    };
    const rest = facts.podInterfaces.filter(({ ifindex }) => ifindex !== one.ifindex);
    return { file, facts: { ...facts, podInterfaces: random.below(3) === 0 ? rest : [...rest, one] } };
  },
  // Blocks of a CNI come, go and change hands; one may equal a node's subnet, or all that the cluster announces.
  (random, { file, facts }) => {
    const [via = address("172.31.1.250")] = random.pick(file.nodes).addresses;
    const own: PodRouteFact[] = [cidr("10.1.120.0/24"), cidr("10.1.0.0/16"), cidr("10.1.200.1/32"), cidr("10.9.0.0/24")].map(
      (destination) => ({ destination, via }),
    );
    const route = random.pick([...own, blockRoute(address("10.1.96.0"), random.below(40), via)]);
    const rest = facts.podRoutes.filter(({ destination }) => !sameCidr(destination, route.destination));
    return { file, facts: { ...facts, podRoutes: random.below(3) === 0 ? rest : [...rest, route] } };
  },
  (random, { file, facts }) => {
    const hostAddresses = random.below(2) === 0 ? facts.hostAddresses.slice(1) : [...facts.hostAddresses, address("10.1.99.77")];
    return { file, facts: { ...facts, hostAddresses } };
  },
  // The CNI has a way of its own to pods, which names no node.
  (random, { file, facts }) => {
    const way: PodRouteFact = { destination: cidr(random.pick(["10.1.0.0/16", "10.1.250.0/24", "10.1.5.0/24"])) };
    const rest = facts.podRoutes.filter(({ destination }) => !sameCidr(destination, way.destination));
    return { file, facts: { ...facts, podRoutes: random.below(2) === 0 ? rest : [...rest, way] } };
  },
  (random, { file, facts }) => {
    const { podSubnets: _, ...unknown } = file;
    return { file: random.below(2) === 0 ? unknown : { ...file, podSubnets: file.subnets.slice(0, 1) }, facts };
  },
  // A policy engine starts or ends, or the operator decides.
  (random, { file, facts }) => {
    const filters = random.below(2) === 0 ? [] : ["table inet calico, chain forward"];
    return { file, facts: { ...facts, forward: { filters, masquerades: random.below(2) === 0 } } };
  },
  (random, { file, facts }) => ({ file: { ...file, delivery: random.pick(DELIVERIES) }, facts }),
  (random, { file, facts }) => {
    const at = random.below(facts.podInterfaces.length + 1);
    const old = facts.podInterfaces[at];
    if (!old) return { file, facts };
    const { watchedBy, ...rest } = old;
    const fresh = watchedBy === undefined ? { ...rest, watchedBy: "tc program policy at egress" } : rest;
    return { file, facts: { ...facts, podInterfaces: replaceAt(facts.podInterfaces, at, fresh) } };
  },
  (random, { file, facts }) => ({ file: { ...file, mtu: linkMtu(1300 + random.below(200)) }, facts }),
  (random, { file, facts }) => ({ file, facts: { ...facts, device: ifIndex(8 + random.below(3)) } }),
  (random, { file, facts }) => ({
    file: { ...file, nodes: random.shuffled(file.nodes), clusters: random.shuffled(file.clusters) },
    facts,
  }),
];

/** The scene after one or a few changes. */
export function changedScene(random: Random, scene: Scene): Scene {
  let next = scene;
  for (let count = 1 + random.below(3); count > 0; count--) next = random.pick(changes)(random, next);
  return next;
}
