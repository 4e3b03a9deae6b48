// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  address,
  type Cidr,
  type ClusterFile,
  cidr,
  cidrOf,
  clusterId,
  ifIndex,
  linkMtu,
  mac,
  type NodeFacts,
  type NodePart,
  type NodeSpec,
  nodeName,
  ownNode,
  type PodRouteFact,
  type Rows,
} from "@strait/model";
import type { Random } from "@strait/model/testing";

/** A config and what a node of it would find: cluster c has pods 10.c.0.0/16, nodes 172.31.c.n and gateways 172.31.200.x. */
export interface Scene {
  readonly file: ClusterFile;
  readonly facts: NodeFacts;
}

function both(v4: string, v6: string, families: readonly number[]): string[] {
  return [v4, v6].filter((_, i) => families.includes(i === 0 ? 4 : 6));
}

/** The CNI's route to the n-th block after an address. */
export function blockRoute({ family, value }: Address, n: number, via: Address): PodRouteFact {
  const around: Address = { family, value: value + BigInt(64 * n) };
  return { destination: cidrOf(around, family === 4 ? 26 : 122), via };
}

/** The facts of the own node of a file: a path to every address, one uplink towards nodes and one towards gateways. */
export function factsOf(file: ClusterFile): NodeFacts {
  const own = ownNode(file);
  const wan = (family: number): Address => (family === 4 ? address("172.31.200.1") : address("fd31:200::1"));
  const local = (remote: Address, cable: boolean): Address | undefined =>
    cable ? wan(remote.family) : own.addresses.find((a) => a.family === remote.family);
  const path = (remote: Address, cable: boolean): NodeFacts["paths"] => {
    const from = local(remote, cable);
    return from ? [{ remote, local: from, ifindex: ifIndex(cable ? 3 : 2), mtu: linkMtu(1500) }] : [];
  };
  const nodes = file.nodes.filter((node) => node.name !== own.name).flatMap((node) => node.addresses);
  const peers = own.gateway ? file.clusters.flatMap((c) => c.gateways.flatMap((g) => g.addresses)) : [];
  return {
    uplinks: [
      { name: "eth0", ifindex: ifIndex(2), mtu: linkMtu(1500), addresses: own.addresses },
      { name: "eth1", ifindex: ifIndex(3), mtu: linkMtu(1500), addresses: [wan(4), wan(6)] },
    ],
    paths: [...nodes.flatMap((a) => path(a, false)), ...peers.flatMap((a) => path(a, true))],
    podInterfaces: own.subnets.slice(0, 1).flatMap((subnet, i) => {
      const pod = { family: subnet.address.family, value: subnet.address.value + 5n };
      const source: Cidr = { address: pod, prefixLength: pod.family === 4 ? 32 : 128 };
      const hostMac = mac("02:00:00:00:00:01");
      return [{ name: `veth${i}`, ifindex: ifIndex(10 + i), mac: hostMac, sources: [source], pods: [{ address: pod }] }];
    }),
    podRoutes: file.nodes
      .filter((node) => node.name !== own.name)
      .flatMap(({ addresses: [via], subnets }, n) => (via ? subnets.map(({ address: a }) => blockRoute(a, n, via)) : [])),
    device: ifIndex(9),
    hostAddresses: [...own.addresses, ...own.subnets.map(({ address: a }) => ({ family: a.family, value: a.value + 1n }))],
  };
}

/** A random clusterset seen from a random node. `kind` is that node's part. */
export function randomScene(random: Random, kind: NodePart): Scene {
  const families = random.pick([[4], [6], [4, 6]]);
  const outer = random.pick([[4], [6], [4, 6]]);
  const subnetsOf = (c: number): Cidr[] => both(`10.${c}.0.0/16`, `fd0${c}::/48`, families).map(cidr);
  const nodes = Array.from({ length: 2 + random.below(5) }, (_, n): NodeSpec => {
    const subnets = both(`10.1.${n}.0/24`, `fd01:0:0:${n}::/64`, families).map(cidr);
    const addresses = both(`172.31.1.${n + 1}`, `fd31:1::${n + 1}`, outer).map(address);
    const left = kind === "left" && n === 0 && { standby: true, left: true };
    return { name: nodeName(`n${n}`), addresses, subnets, gateway: n === 0 || random.below(3) === 0, ...left };
  });
  const worker: NodeSpec = {
    name: nodeName("w"),
    addresses: both("172.31.1.99", "fd31:1::99", outer).map(address),
    subnets: both("10.1.99.0/24", "fd01:0:0:99::/64", families).map(cidr),
    gateway: false,
  };
  const clusters = Array.from({ length: random.below(6) }, (_, i) => ({
    id: clusterId(`c${i + 2}`),
    subnets: subnetsOf(i + 2),
    gateways: Array.from({ length: 1 + random.below(3) }, (_, g) => ({
      name: nodeName(`g${g}`),
      addresses: both(`172.31.200.${(i + 2) * 10 + g}`, `fd31:200::${i + 2}:${g}`, outer).map(address),
      port: 4500,
    })),
  }));
  const file: ClusterFile = {
    cluster: clusterId("c1"),
    node: nodeName(kind === "worker" ? "w" : "n0"),
    subnets: subnetsOf(1),
    ...(random.below(2) === 0 && { podSubnets: subnetsOf(1) }),
    nodes: [...nodes, worker],
    clusters,
    spread: true,
    pinDir: "/sys/fs/bpf/strait",
    log: "info",
  };
  return { file, facts: factsOf(file) };
}

/** The same scene with every list in another order. */
export function reordered(random: Random, { file, facts }: Scene): Scene {
  return {
    file: {
      ...file,
      subnets: random.shuffled(file.subnets),
      nodes: random.shuffled(file.nodes.map((node) => ({ ...node, subnets: random.shuffled(node.subnets) }))),
      clusters: random.shuffled(
        file.clusters.map((c) => ({ ...c, subnets: random.shuffled(c.subnets), gateways: random.shuffled(c.gateways) })),
      ),
    },
    facts: {
      ...facts,
      uplinks: random.shuffled(facts.uplinks),
      paths: random.shuffled(facts.paths),
      podRoutes: random.shuffled(facts.podRoutes),
      podInterfaces: random.shuffled(facts.podInterfaces),
      hostAddresses: random.shuffled(facts.hostAddresses),
    },
  };
}

/** The rows of both processes of a node, as its maps would hold them. */
export function merged(a: Rows, b: Rows): Rows {
  const join = <R>(left: ReadonlyMap<string, R>, right: ReadonlyMap<string, R>): Map<string, R> => new Map([...left, ...right]);
  return {
    subnets: join(a.subnets, b.subnets),
    clusters: join(a.clusters, b.clusters),
    slots: join(a.slots, b.slots),
    hops: join(a.hops, b.hops),
    peers: join(a.peers, b.peers),
    pods: join(a.pods, b.pods),
    sources: join(a.sources, b.sources),
  };
}
