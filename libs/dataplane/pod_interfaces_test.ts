// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, cidr, formatAddress, formatCidr, type IfIndex, ifIndex, mac } from "@strait/model";
import type { InterfaceAddress, Link, Route } from "@strait/netlink";
import { findPodInterfaces, type Sighting } from "./pod_interfaces.ts";

const flags = { up: true, running: true, loopback: false, pointToPoint: false, noArp: false, promiscuous: false };
const BRIDGE = ifIndex(9);

function link(name: string, more: Partial<Link> = {}): Link {
  const base = { ifindex: ifIndex(5), name, altNames: [], hardwareType: 1, kind: "veth", mtu: 1500, flags, carrier: true };
  return { ...base, operState: "up", mac: mac("02:00:00:00:00:05"), linkNetnsId: 0, ...more };
}

function bothHere({ linkNetnsId: _, ...link }: Link): Link {
  return link;
}

function hostRoute(to: string, ifindex: IfIndex, via?: string): Route {
  const destination = cidr(to);
  const hop = { ifindex, weight: 1, onlink: false, ...(via !== undefined && { via: address(via) }) };
  const rest = { table: 254, protocol: 3, scope: "link", type: "unicast", priority: 0, cloned: false } as const;
  return { family: destination.address.family, destination, hops: [hop], ...rest };
}

function held(ifindex: IfIndex, text: string): InterfaceAddress {
  const rest = { scope: "global", tentative: false, dadFailed: false, deprecated: false, secondary: false } as const;
  return { ifindex, address: address(text), prefixLength: 24, ...rest };
}

const cni = (host: string, text: string, podMac?: string) => ({
  hostInterfaces: ["cni0", host],
  address: address(text),
  ...(podMac !== undefined && { mac: mac(podMac) }),
});

function look(links: readonly Link[], more: Partial<Sighting> = {}): string[] {
  const podSubnets = [cidr("10.1.1.0/24"), cidr("fd01:0:0:1::/64")];
  const clusterSubnets = [cidr("10.1.0.0/16"), cidr("fd01::/48")];
  const nothing = { addresses: [], routes: [], cni: [], uplinks: [] };
  return findPodInterfaces({ links, podSubnets, clusterSubnets, ...nothing, ...more }).map(
    ({ name, sources, pods }) =>
      `${name} from ${sources.map(formatCidr).join(",")} pods ${pods.map((pod) => `${formatAddress(pod.address)}=${pod.mac ?? "-"}`).join(",")}`,
  );
}

const five = ifIndex(5);
const known = { cni: [cni("veth5", "10.1.1.5")] };
const everything = "10.1.1.0/24,fd01:0:0:1::/64";

test.each<[string, readonly Link[], Partial<Sighting>, string[]]>([
  [
    "the CNI's record makes it a pod's, with both families and the MAC",
    [link("veth5")],
    { cni: [cni("veth5", "10.1.1.5", "02:00:00:00:00:aa"), cni("veth5", "fd01:0:0:1::5")] },
    ["veth5 from 10.1.1.5/32,fd01:0:0:1::5/128 pods 10.1.1.5=02:00:00:00:00:aa,fd01:0:0:1::5=-"],
  ],
  [
    "a host route makes it a pod's",
    [link("veth5")],
    { routes: [hostRoute("10.1.1.7/32", five)] },
    ["veth5 from 10.1.1.7/32 pods 10.1.1.7=-"],
  ],
  [
    "the record knows the MAC of what a host route tells too",
    [link("veth5")],
    { routes: [hostRoute("10.1.1.5/32", five)], cni: [cni("veth5", "10.1.1.5", "02:00:00:00:00:aa")] },
    ["veth5 from 10.1.1.5/32 pods 10.1.1.5=02:00:00:00:00:aa"],
  ],
  [
    "a port of the pods' bridge is a pod's, from any of their addresses",
    [link("veth5", { master: BRIDGE, slaveKind: "bridge" })],
    { addresses: [held(BRIDGE, "10.1.1.1")] },
    [`veth5 from ${everything} pods `],
  ],
  ["a name the config gives is a pod's", [link("veth5")], { names: ["veth*"] }, [`veth5 from ${everything} pods `]],
  ["a name the config does not give is none, whatever else tells", [link("veth5")], { ...known, names: ["lxc*"] }, []],
  ["a veth nobody tells of is none", [link("veth5")], {}, []],
  [
    "a port of another bridge is none",
    [link("veth5", { master: BRIDGE, slaveKind: "bridge" })],
    { addresses: [held(BRIDGE, "192.168.0.1")] },
    [],
  ],
  ["a route to a network is no pod's", [link("veth5")], { routes: [hostRoute("10.1.1.0/25", five)] }, []],
  ["a route by a router is no pod's", [link("veth5")], { routes: [hostRoute("10.1.1.7/32", five, "10.1.1.9")] }, []],
  ["a route over another interface is no pod's here", [link("veth5")], { routes: [hostRoute("10.1.1.7/32", ifIndex(6))] }, []],
  [
    "an address of the cluster's that no Node or Pod names yet is a pod's",
    [link("veth5")],
    { routes: [hostRoute("10.1.2.5/32", five)] },
    ["veth5 from 10.1.2.5/32 pods 10.1.2.5=-"],
  ],
  ["an address outside the cluster's subnets is no pod's", [link("veth5")], { cni: [cni("veth5", "192.168.7.5")] }, []],
  ["an uplink is none", [link("veth5")], { ...known, uplinks: [five] }, []],
  ["a veth with both ends here is none", [bothHere(link("veth5"))], known, []],
  ["a link that is down is none yet", [link("veth5", { flags: { ...flags, up: false } })], known, []],
  ["a link of another kind is none", [link("veth5", { kind: "macvlan" })], known, []],
])("findPodInterfaces: %s", (_name, links, more, expected) => {
  expect(look(links, more)).toEqual(expected);
});
