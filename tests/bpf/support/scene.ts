// SPDX-License-Identifier: Apache-2.0
/**
 * The clusters that the tables of tests/bpf speak of, as rows of the maps of one node:
 *
 * ```
 *   east (own, 10.1.0.0/16, fd01::/48)                          west (10.2.0.0/16, fd02::/48)
 *   w1 10.1.1.0/24 ── w2 10.1.2.0/24 ── gw1 10.1.0.0/24 ═════════ gateways 172.31.9.3, 172.31.9.4 (or fd31:9::3, fd31:9::4)
 *   172.31.1.3        172.31.1.4        172.31.1.2                north (10.3.0.0/16) is known, but has no lane
 *   fd31:1::3         fd31:1::4         fd31:1::2
 * ```
 */
import {
  address,
  CABLE_PORT,
  CABLE_VNI,
  cidr,
  type Family,
  type HopRow,
  INTRA_PORT,
  INTRA_VNI,
  ifIndex,
  innerMtu,
  linkMtu,
  mac,
  type PeerFlag,
  type PeerRow,
  type Role,
  type RowOf,
  vtepMac,
} from "@strait/model";

/** Rows by map. */
export type SceneRows = { readonly [M in keyof RowOf]?: readonly RowOf[M][] };

/** Outer addresses by family. */
export const outer = {
  gw1: { 4: "172.31.1.2", 6: "fd31:1::2" },
  w1: { 4: "172.31.1.3", 6: "fd31:1::3" },
  w2: { 4: "172.31.1.4", 6: "fd31:1::4" },
  west1: { 4: "172.31.9.3", 6: "fd31:9::3" },
  west2: { 4: "172.31.9.4", 6: "fd31:9::4" },
  stranger: { 4: "172.31.66.6", 6: "fd31:66::6" },
} as const satisfies Record<string, Record<Family, string>>;

export type Place = keyof typeof outer;

/** Inner addresses by family. */
export const inner = {
  podOnGw1: { 4: "10.1.0.5", 6: "fd01::5" },
  podOnW1: { 4: "10.1.1.5", 6: "fd01:0:0:1::5" },
  /** On w1 too, but reached through the stack. */
  hostOnW1: { 4: "10.1.1.1", 6: "fd01:0:0:1::1" },
  podOnW2: { 4: "10.1.2.5", 6: "fd01:0:0:2::5" },
  podInWest: { 4: "10.2.0.9", 6: "fd02::9" },
  podInNorth: { 4: "10.3.0.9", 6: "fd03::9" },
  elsewhere: { 4: "192.0.2.1", 6: "2001:db8::1" },
} as const satisfies Record<string, Record<Family, string>>;

export type Pod = keyof typeof inner;

/** Indexes of hop rows. */
export const hops = { gw1: 1, w1: 2, w2: 3, west1: 4, west2: 5 } as const;

/** Cluster indexes. */
export const clusters = { east: 0, west: 1, north: 2 } as const;

/** A device that BPF_PROG_TEST_RUN lets a packet come in on wherever it runs: the loopback. Pods, uplink and strait0 are all it. */
export const DEVICE = 1;

/** MACs of the pod on w1 and of its interface's host side. */
export const podMac = "0a:00:00:00:00:05";
export const hostMac = "0a:00:00:00:00:01";

/** The inner MTU over a link of 1500 bytes. */
export const mtuOver = (family: Family): number => innerMtu(linkMtu(1500), family);

function hop(from: Place, to: keyof typeof hops, family: Family, kind: HopRow["kind"]): HopRow {
  const [local, remote] = [address(outer[from][family]), address(outer[to][family])];
  return {
    index: hops[to],
    remote,
    local,
    ifindex: ifIndex(DEVICE),
    kind,
    vni: kind === "node" ? INTRA_VNI : CABLE_VNI,
    port: kind === "node" ? INTRA_PORT : CABLE_PORT,
    mtu: innerMtu(linkMtu(1500), family),
    localMac: vtepMac(local),
    remoteMac: vtepMac(remote),
    owner: kind === "node" ? "agent" : "gateway",
  };
}

function peer(self: Place, who: Place, family: Family, role: Role, flags: readonly PeerFlag[], cluster = 0): PeerRow {
  const own = flags.includes("self");
  return {
    address: address(outer[who][family]),
    role,
    flags,
    cluster,
    hop: own ? 0 : hops[who as keyof typeof hops],
    local: address(outer[self][family]),
  };
}

const self = (who: Place, family: Family): PeerRow[] => [
  peer(who, who, family, "intra", ["self"]),
  peer(who, who, family, "cable", ["self"]),
];

const slots = (cluster: number, hop: (slot: number) => number): RowOf["slots"][] =>
  Array.from({ length: 256 }, (_, slot) => ({ cluster, slot, hop: hop(slot) }));

const remotes: RowOf["subnets"][] = [
  { prefix: cidr("10.2.0.0/16"), kind: "remote", cluster: clusters.west },
  { prefix: cidr("fd02::/48"), kind: "remote", cluster: clusters.west },
  { prefix: cidr("10.3.0.0/16"), kind: "remote", cluster: clusters.north },
  { prefix: cidr("fd03::/48"), kind: "remote", cluster: clusters.north },
];

const nodeSubnets = {
  gw1: ["10.1.0.0/24", "fd01::/64"],
  w1: ["10.1.1.0/24", "fd01:0:0:1::/64"],
  w2: ["10.1.2.0/24", "fd01:0:0:2::/64"],
};

function ownSubnets(self: keyof typeof nodeSubnets): RowOf["subnets"][] {
  return (Object.keys(nodeSubnets) as (keyof typeof nodeSubnets)[]).flatMap((node) =>
    nodeSubnets[node].map((text): RowOf["subnets"] =>
      node === self
        ? { prefix: cidr(text), kind: "here", owner: "agent" }
        : { prefix: cidr(text), kind: "node", hop: hops[node] },
    ),
  );
}

function pods(pod: Pod): SceneRows {
  const both = [address(inner[pod][4]), address(inner[pod][6])];
  const ifindex = ifIndex(DEVICE);
  return {
    pods: both.map((at) => ({ address: at, ifindex, mac: mac(podMac), hostMac: mac(hostMac) })),
    sources: both.map((at) => ({
      ifindex,
      prefix: cidr(`${at.family === 4 ? inner[pod][4] : inner[pod][6]}/${at.family === 4 ? 32 : 128}`),
    })),
  };
}

/** w1, with an underlay of that family. */
export function worker(family: Family): SceneRows {
  return {
    ...pods("podOnW1"),
    subnets: [...remotes, ...ownSubnets("w1")],
    hops: [hop("w1", "gw1", family, "node"), hop("w1", "w2", family, "node")],
    slots: slots(clusters.west, () => hops.gw1),
    peers: [
      ...self("w1", family),
      peer("w1", "gw1", family, "intra", ["node", "gateway"]),
      peer("w1", "w2", family, "intra", ["node"]),
    ],
  };
}

/** A node's rows where what its pods send and get goes through its stack. */
export function throughStack({ pods: _, sources = [], ...rows }: SceneRows): SceneRows {
  return { ...rows, sources: sources.map((row) => ({ ...row, stack: true })) };
}

/** gw1, with an underlay of that family; its lanes lead to both gateways of west, even slots to the first. */
export function gateway(family: Family): SceneRows {
  return {
    ...pods("podOnGw1"),
    subnets: [
      ...remotes,
      ...ownSubnets("gw1"),
      { prefix: cidr("10.1.0.0/16"), kind: "here", owner: "gateway" },
      { prefix: cidr("fd01::/48"), kind: "here", owner: "gateway" },
    ],
    hops: [
      hop("gw1", "w1", family, "node"),
      hop("gw1", "w2", family, "node"),
      hop("gw1", "west1", family, "vxlan"),
      hop("gw1", "west2", family, "vxlan"),
    ],
    slots: slots(clusters.west, (slot) => (slot % 2 === 0 ? hops.west1 : hops.west2)),
    peers: [
      ...self("gw1", family),
      peer("gw1", "w1", family, "intra", ["node"]),
      peer("gw1", "w2", family, "intra", ["node"]),
      peer("gw1", "west1", family, "cable", ["gateway"], clusters.west),
      peer("gw1", "west2", family, "cable", ["gateway"], clusters.west),
    ],
  };
}
