// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type ClusterFile,
  type IfIndex,
  linkMtu,
  MIN_LINK_MTU,
  type NodeFacts,
  ownNode,
  type PathFact,
  type UplinkFact,
} from "@strait/model";
import { type Link, type Netlink, RT_TABLE } from "@strait/netlink";
import { CNI_CACHE_DIR, readCniCache } from "./cni_cache.ts";
import { deviceNames } from "./devices.ts";
import { findPodInterfaces } from "./pod_interfaces.ts";

/** Addresses this node may send outer packets to: the other nodes of its cluster and, from a gateway, the others' gateways. */
function remotesOf(file: ClusterFile): Address[] {
  const own = ownNode(file);
  const nodes = file.nodes.filter((node) => node.name !== own.name).flatMap((node) => node.addresses);
  const gateways = own.gateway ? file.clusters.flatMap(({ gateways }) => gateways.flatMap(({ addresses }) => addresses)) : [];
  return [...nodes, ...gateways];
}

function pathTo(netlink: Netlink, remote: Address, links: ReadonlyMap<IfIndex, Link>, file: ClusterFile): PathFact[] {
  const path = netlink.getRoute(remote);
  const link = path && links.get(path.ifindex);
  // A route that leads to ourselves or into a tunnel of ours is none to a peer.
  if (!path || !link || path.local || deviceNames.includes(link.name)) return [];
  const mtu = Math.min(path.mtu ?? link.mtu, link.mtu, file.mtu ?? Number.POSITIVE_INFINITY);
  if (mtu < MIN_LINK_MTU) return [];
  return [{ remote, local: path.source, ifindex: path.ifindex, mtu: linkMtu(mtu), ...(path.via && { via: path.via }) }];
}

/**
 * Looks at this node: its uplinks, the kernel's routes to nodes and peers, its pods' interfaces, its own addresses. Reads
 * only. What cannot be used (a path narrower than 1280 bytes, an uplink that is not there) is left out; the plan tells why.
 */
export function findFacts(netlink: Netlink, file: ClusterFile, device: IfIndex): NodeFacts {
  const links = netlink.links();
  const byIndex = new Map(links.map((link) => [link.ifindex, link]));
  const addresses = netlink.addresses();
  const paths = remotesOf(file).flatMap((remote) => pathTo(netlink, remote, byIndex, file));
  const used = new Set(paths.map(({ ifindex }) => ifindex));
  const uplinks: UplinkFact[] = links
    .filter((link) => (file.uplinks ? file.uplinks.includes(link.name) : used.has(link.ifindex)))
    .filter((link) => link.mtu >= MIN_LINK_MTU)
    .map(({ name, ifindex, mtu }) => ({
      name,
      ifindex,
      mtu: linkMtu(Math.min(mtu, file.mtu ?? mtu, 65536)),
      addresses: addresses.filter((entry) => entry.ifindex === ifindex).map(({ address }) => address),
    }));
  const allowed = new Set(uplinks.map(({ ifindex }) => ifindex));
  const podInterfaces = findPodInterfaces({
    links,
    addresses,
    routes: netlink.routes({ table: RT_TABLE.MAIN }),
    cni: readCniCache(file.cniCacheDir ?? CNI_CACHE_DIR),
    podSubnets: ownNode(file).subnets,
    uplinks: [...allowed],
    ...(file.podInterfaces && { names: file.podInterfaces }),
  });
  const hostAddresses = addresses
    .filter(({ scope, tentative }) => scope === "global" && !tentative)
    .map(({ address }) => address);
  return { uplinks, paths: paths.filter(({ ifindex }) => allowed.has(ifindex)), podInterfaces, device, hostAddresses };
}
