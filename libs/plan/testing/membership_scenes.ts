// SPDX-License-Identifier: Apache-2.0
import { address, cableName, cidr, clusterId, type MemberEndpoint, nodeName } from "@strait/model";
import type { Random } from "@strait/model/testing";
import type { MemberNode, MemberPod, MembershipView, OwnCluster } from "../membership_view.ts";

/** The own cluster "c1" seen from node n0: pods 10.1.0.0/16 and fd01::/48, Services 100.1.0.0/16. */
export const ownCluster: OwnCluster = {
  cluster: {
    id: clusterId("c1"),
    serviceCidrs: [cidr("100.1.0.0/16")],
    podCidrs: [cidr("10.1.0.0/16"), cidr("fd01::/48")],
    globalCidrs: [],
  },
  node: nodeName("n0"),
  backends: ["vxlan"],
  settings: { spread: true, pinDir: "/sys/fs/bpf/strait", log: "info" },
};

/** Node n of the own cluster. */
export function memberNode(n: number, changes: Partial<MemberNode> = {}): MemberNode {
  return {
    name: nodeName(`n${n}`),
    addresses: [address(`172.31.1.${n + 1}`), address(`fd31:1::${n + 1}`)],
    podCidrs: [cidr(`10.1.${n}.0/24`), cidr(`fd01:0:0:${n}::/64`)],
    gateway: n === 0,
    ready: true,
    ...changes,
  };
}

/** A pod of the own cluster with this address on node n. */
export function memberPod(ip: string, n: number, changes: Partial<MemberPod> = {}): MemberPod {
  return { key: `default/p-${ip}`, node: nodeName(`n${n}`), addresses: [address(ip)], createdAt: 1000, ...changes };
}

/** The Endpoint of cluster c: pods 10.c.0.0/16, one gateway at 172.31.200.c. */
export function memberEndpoint(c: number, changes: Partial<MemberEndpoint> = {}): MemberEndpoint {
  const privateIps = [address(`172.31.200.${c}`)];
  const gateway = { hostname: "gw1", privateIps, publicIps: [], port: 4500, healthCheckIps: [] };
  return {
    clusterId: clusterId(`c${c}`),
    cableName: cableName(`c${c}`, privateIps[0] ?? address("::1")),
    hostname: "gw1",
    subnets: [cidr(`100.${c}.0.0/16`), cidr(`10.${c}.0.0/16`)],
    privateIps,
    publicIps: [],
    natEnabled: false,
    backend: "vxlan",
    backendConfig: {},
    healthCheckIps: [],
    gateways: [gateway],
    createdAt: 1000 + c,
    uid: `uid-${c}`,
    ...changes,
  };
}

/** Any Endpoint, most of which collide with something: with the own cluster, with each other, with tunnel ends. */
export function randomEndpoint(random: Random): MemberEndpoint {
  const c = 1 + random.below(5);
  if (random.below(3) === 0) return memberEndpoint(c, { createdAt: random.below(4) });
  const subnets = Array.from({ length: 1 + random.below(3) }, () =>
    random.pick([
      cidr(`10.${1 + random.below(6)}.0.0/16`),
      cidr(`10.${1 + random.below(6)}.${random.below(3)}.0/24`),
      cidr("10.0.0.0/13"),
      cidr(`fd0${1 + random.below(4)}::/48`),
      cidr("172.31.0.0/16"),
      random.cidr(address("10.1.0.0")),
    ]),
  );
  const ends = ["172.31.1.1", "172.31.200.2", "172.31.200.3", "172.31.200.4", "10.1.0.7", "10.3.0.7", "fd31:1::1", "fd31:200::4"];
  const gateways = Array.from({ length: 1 + random.below(3) }, (_, g) => ({
    hostname: random.pick(["gw1", "GW1", `gw${g}`, "..", "a_b"]),
    privateIps: [address(random.pick(ends)), random.address()],
    publicIps: random.below(3) === 0 ? [address(random.pick(ends))] : [],
    port: 4500,
    healthCheckIps: [],
  }));
  return memberEndpoint(c, {
    subnets,
    gateways,
    natEnabled: random.below(2) === 0,
    backend: random.pick(["vxlan", "vxlan", "vxlan", "libreswan"]),
    createdAt: random.below(4),
    uid: `uid-${random.below(1000)}`,
  });
}

/** A view of everything, in any order, right or wrong. */
export function randomView(random: Random): MembershipView {
  const count = 1 + random.below(5);
  const nodes = Array.from({ length: count }, (_, n) => {
    const changes = random.below(4) === 0 ? { podCidrs: [cidr("10.1.1.0/24")] } : random.below(4) === 0 ? { podCidrs: [] } : {};
    return memberNode(n, { ...changes, gateway: n === 0 || random.below(3) === 0, ready: random.below(4) > 0 });
  });
  const pods = Array.from({ length: random.below(12) }, (_, p) =>
    memberPod(
      random.pick([`10.1.${random.below(4)}.${random.below(3)}`, `10.9.0.${p}`, `fd01:0:0:${random.below(4)}::${p}`]),
      random.below(count + 1),
      {
        key: `default/p${p}`,
        createdAt: random.below(3),
      },
    ),
  );
  const endpoints = Array.from({ length: random.below(7) }, () => randomEndpoint(random));
  // Two of one cluster, time and uid can be told apart by nothing.
  const unique = new Map(endpoints.map((endpoint) => [`${endpoint.clusterId} ${endpoint.createdAt} ${endpoint.uid}`, endpoint]));
  const joined = [2, 3, 4]
    .filter(() => random.below(2) === 0)
    .map((c) => ({ id: clusterId(`c${c}`), createdAt: random.below(3) }));
  return { own: ownCluster, nodes, pods, joined, endpoints: [...unique.values()] };
}

/** The same view with every list in another order. */
export function reorderedView(random: Random, view: MembershipView): MembershipView {
  return {
    ...view,
    nodes: random.shuffled(view.nodes),
    pods: random.shuffled(view.pods),
    joined: random.shuffled(view.joined),
    endpoints: random.shuffled(view.endpoints),
  };
}
