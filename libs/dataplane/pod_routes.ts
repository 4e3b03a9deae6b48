// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Cidr,
  covers,
  formatAddress,
  formatCidr,
  type IfIndex,
  type PodRouteFact,
  sameRow,
} from "@strait/model";
import type { Link, Netlink, Route } from "@strait/netlink";
import { deviceNames } from "./devices.ts";
import type { NodeMirror } from "./node_mirror.ts";

interface Entry {
  readonly fact: PodRouteFact;
  /** Metric: of two routes to one destination the lower counts. */
  readonly priority: number;
}

/**
 * The routes to the cluster's pods, followed from those of the mirror. A next hop on a link is the node itself (BGP, host-gw, IPIP);
 * one behind a VXLAN device (flannel's, Calico's) is an address of the pods' ranges, and the CNI has told the device at which
 * node it is.
 *
 * @example
 * const facts = podRoutes.update(mirror, file.subnets, netlink, mirror.dirt());
 */
export class PodRoutes {
  readonly #entries = new Map<string, Entry>();
  /** Routes whose next hop's node the kernel could not tell, perhaps not yet. */
  readonly #open = new Set<string>();
  #subnets: readonly Cidr[] = [];
  #facts: readonly PodRouteFact[] = [];

  /** The same list, and in it the same objects, where nothing changed. */
  update(
    mirror: Pick<NodeMirror, "ways" | "links">,
    subnets: readonly Cidr[],
    netlink: Pick<Netlink, "neighbours" | "fdb">,
    { ways, everyPath }: { readonly ways: ReadonlySet<string>; readonly everyPath: boolean },
  ): readonly PodRouteFact[] {
    const doubtful = new Set([...ways, ...this.#open]);
    if (everyPath || !sameRow(subnets, this.#subnets)) {
      for (const key of [...mirror.ways.keys(), ...this.#entries.keys()]) doubtful.add(key);
    }
    this.#subnets = subnets;
    const tunnels = new TunnelEnds(netlink);
    let changed = false;
    for (const key of doubtful) {
      this.#open.delete(key);
      const before = this.#entries.get(key);
      const after = this.#look(key, mirror, tunnels);
      if (sameRow(before, after)) continue;
      changed = true;
      if (after) this.#entries.set(key, after);
      else this.#entries.delete(key);
    }
    if (changed) this.#facts = preferred(this.#entries.values());
    return this.#facts;
  }

  #look(key: string, { ways, links }: Pick<NodeMirror, "ways" | "links">, tunnels: TunnelEnds): Entry | undefined {
    const route = ways.get(key);
    const link = route && links.get(ifindexOf(route));
    if (!link || deviceNames.includes(link.name)) return undefined;
    const { destination, priority, hops } = route;
    if (!this.#subnets.some((subnet) => covers(subnet, destination))) return undefined;
    const hop = hops[0]?.via;
    if (!hop) return { fact: { destination }, priority };
    const via = link.kind === "vxlan" ? tunnels.endBehind(link, hop) : hop;
    if (!via) this.#open.add(key);
    return via && { fact: { destination, via }, priority };
  }
}

function ifindexOf({ hops }: Route): IfIndex {
  return hops[0]?.ifindex as IfIndex;
}

function preferred(entries: Iterable<Entry>): PodRouteFact[] {
  const best = new Map<string, Entry>();
  for (const entry of entries) {
    const key = formatCidr(entry.fact.destination);
    const other = best.get(key);
    if (!other || entry.priority < other.priority) best.set(key, entry);
  }
  return [...best.values()].map(({ fact }) => fact);
}

/** Where VXLAN devices send what is for a neighbour: read when it is asked for first, for one look. */
class TunnelEnds {
  readonly #netlink: Pick<Netlink, "neighbours" | "fdb">;
  readonly #of = new Map<IfIndex, ReadonlyMap<string, Address>>();

  constructor(netlink: Pick<Netlink, "neighbours" | "fdb">) {
    this.#netlink = netlink;
  }

  endBehind({ ifindex }: Link, hop: Address): Address | undefined {
    let ends = this.#of.get(ifindex);
    if (!ends) {
      ends = this.#read(ifindex);
      this.#of.set(ifindex, ends);
    }
    return ends.get(formatAddress(hop));
  }

  #read(ifindex: IfIndex): ReadonlyMap<string, Address> {
    const remotes = new Map(this.#netlink.fdb({ ifindex }).flatMap(({ mac, remote }) => (remote ? [[mac, remote]] : [])));
    return new Map(
      this.#netlink.neighbours(ifindex).flatMap(({ address, mac }) => {
        const remote = mac && remotes.get(mac);
        return remote ? [[formatAddress(address), remote]] : [];
      }),
    );
  }
}
