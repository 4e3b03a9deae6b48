// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  addressBits,
  type Cidr,
  contains,
  formatAddress,
  hostCidr,
  type IfIndex,
  type Mac,
  type PodInterfaceFact,
} from "@strait/model";
import type { InterfaceAddress, Link, Route } from "@strait/netlink";
import type { CniPod } from "./cni_cache.ts";

/** What is read from a node to tell which interfaces are pods'. */
export interface Sighting {
  readonly links: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
  /** Of the main table. */
  readonly routes: readonly Route[];
  readonly cni: readonly CniPod[];
  /** Subnets of this node's pods, as far as the API server tells. */
  readonly podSubnets: readonly Cidr[];
  /** What the own cluster announces: the CNI's record or route for an address in there says that it is a pod here. */
  readonly clusterSubnets: readonly Cidr[];
  /** Interfaces that are known to be something else. */
  readonly uplinks: readonly IfIndex[];
  /** Names (with *) the config gives; then nothing else is looked at to tell a pod's interface. */
  readonly names?: readonly string[];
}

/**
 * Which interfaces are pods', and who may speak from each. A pod's interface is a veth whose other end is in another network
 * namespace and that is not an uplink, if the CNI's records name it, a host route to an address of the cluster's pods leads over
 * it (routed CNIs), or it is a port of a bridge that holds an address of this node's pod subnets (bridge CNIs).
 *
 * Sources are as narrow as is known: the addresses of that pod, else all of this node's pod subnets.
 */
export function findPodInterfaces({ links, ...sighting }: Sighting): PodInterfaceFact[] {
  const own = new Set(sighting.addresses.map(({ address }) => formatAddress(address)));
  return links.flatMap((link) => podInterface(link, { ...sighting, own }) ?? []);
}

/** What is read from a node to tell whether one interface is a pod's. Routes and records of others do no harm. */
export interface CloseLook extends Omit<Sighting, "links"> {
  /** The node's own addresses as text. */
  readonly own: ReadonlySet<string>;
}

/** One interface, if it is a pod's: see {@linkcode findPodInterfaces}. */
export function podInterface(link: Link, sighting: CloseLook): PodInterfaceFact | undefined {
  if (!isCandidate(link, sighting)) return undefined;
  const pods = podsBehind(link, sighting);
  const named = sighting.names?.some((pattern) => new Bun.Glob(pattern).match(link.name));
  const isPods = sighting.names ? named : pods.length > 0 || onPodBridge(link, sighting);
  if (!isPods || !link.mac) return undefined;
  const sources = pods.length > 0 ? pods.map(({ address }) => hostCidr(address)) : sighting.podSubnets;
  return { name: link.name, ifindex: link.ifindex, mac: link.mac, sources, pods };
}

function isCandidate(link: Link, { uplinks }: CloseLook): boolean {
  return link.kind === "veth" && link.linkNetnsId !== undefined && link.flags.up && !uplinks.includes(link.ifindex);
}

function podsBehind(link: Link, { own, cni, routes, podSubnets, clusterSubnets }: CloseLook): PodInterfaceFact["pods"] {
  const pods = new Map<string, { address: Address; mac?: Mac }>();
  // The pods' gateway is the node itself: where its address is a /128 (ptp), the kernel has a route to it over the pod's interface.
  const isOwn = (address: Address): boolean => own.has(formatAddress(address));
  const known = [...clusterSubnets, ...podSubnets];
  const isPod = (address: Address): boolean => known.some((subnet) => contains(subnet, address)) && !isOwn(address);
  for (const { destination, hops } of routes) {
    const direct = hops.length === 1 && hops[0]?.ifindex === link.ifindex && hops[0].via === undefined;
    const whole = destination.prefixLength === addressBits(destination.address.family);
    if (direct && whole && isPod(destination.address)) {
      pods.set(formatAddress(destination.address), { address: destination.address });
    }
  }
  for (const { hostInterfaces, address, mac } of cni) {
    if (hostInterfaces.includes(link.name) && isPod(address)) pods.set(formatAddress(address), { address, ...(mac && { mac }) });
  }
  return [...pods.values()];
}

function onPodBridge(link: Link, { addresses, podSubnets }: CloseLook): boolean {
  return (
    link.slaveKind === "bridge" &&
    addresses.some(({ ifindex, address }) => ifindex === link.master && podSubnets.some((subnet) => contains(subnet, address)))
  );
}
