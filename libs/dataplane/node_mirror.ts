// SPDX-License-Identifier: Apache-2.0
import { addressBits, type Cidr, formatAddress, formatCidr, type IfIndex, ROUTE_PROTOCOL, sameRow } from "@strait/model";
import { type InterfaceAddress, type Link, type Netlink, type NetlinkEvent, type Route, RT_TABLE } from "@strait/netlink";

/** What became uncertain since it was asked for last. */
export interface Dirt {
  /** Interfaces that may be a pod's, no more or otherwise. */
  readonly interfaces: Set<IfIndex>;
  /** Destinations whose routes changed. */
  readonly destinations: Cidr[];
  /** Keys of `NodeMirror.ways`. */
  readonly ways: Set<string>;
  /** Any route may lead elsewhere now, any source address be another one. */
  everyPath: boolean;
  /** Any pod's interface may look otherwise: an address of the node came or went. */
  everyPod: boolean;
}

/** From so many changed destinations on, asking for every path anew is no dearer. */
const MANY = 100;

function noDirt(): Dirt {
  return { interfaces: new Set(), destinations: [], ways: new Set(), everyPath: false, everyPod: false };
}

/** Link-local addresses and routes come and go with every pod's interface, and lead to no node. */
function isLinkLocal({ family, value }: Cidr["address"]): boolean {
  return family === 6 && value >> 118n === 0x3fan;
}

/** One destination straight over one interface: what routed CNIs make for a pod. */
function isHostRoute({ destination, hops, table }: Route): boolean {
  const whole = destination.prefixLength === addressBits(destination.address.family);
  return table === RT_TABLE.MAIN && whole && hops.length === 1 && hops[0]?.ifindex !== undefined && hops[0].via === undefined;
}

/** One prefix by one way that is no single pod's: what CNIs make for other nodes' pods, or for all. */
function isWay(route: Route): boolean {
  const { destination, hops, table, type, protocol } = route;
  const one = hops.length === 1 && hops[0]?.ifindex !== undefined && destination.prefixLength > 0;
  const counts = table === RT_TABLE.MAIN && type === "unicast" && one && !isLinkLocal(destination.address);
  return counts && !isHostRoute(route) && protocol !== ROUTE_PROTOCOL;
}

function isKept(route: Route): boolean {
  return isHostRoute(route) || isWay(route);
}

/**
 * This node's links, addresses, host routes and routes to networks, read once and kept right by the kernel's notifications, so
 * that a pod that comes is a few messages and no new list of everything. Where a notification cannot be understood without the
 * rest, everything is read again.
 *
 * @example
 * mirror.read(netlink);
 * mirror.take(event);
 * const { interfaces } = mirror.dirt();
 */
export class NodeMirror {
  readonly links = new Map<IfIndex, Link>();
  readonly #addresses = new Map<string, InterfaceAddress>();
  readonly #routes = new Map<string, Route>();
  readonly #ways = new Map<string, Route>();
  /** Keys under which there are more routes than the one that is kept. */
  readonly #crowded = new Set<string>();
  readonly #hostRoutesOf = new Map<IfIndex, Set<string>>();
  readonly #waysOf = new Map<IfIndex, Set<string>>();
  /** Interfaces that other routes than host routes lead over: their state decides about paths. */
  readonly #routed = new Set<IfIndex>();
  #stale = true;
  #version = 0;
  #dirt = noDirt();

  /** Another number whenever a link or an address may be another one. */
  get version(): number {
    return this.#version;
  }

  /** Whether it has to be read before it is used. */
  get stale(): boolean {
    return this.#stale;
  }

  /** Trusts nothing it holds. */
  doubt(): void {
    this.#stale = true;
  }

  addresses(): Iterable<InterfaceAddress> {
    return this.#addresses.values();
  }

  /** Host routes over an interface, of the main table. */
  hostRoutes(ifindex: IfIndex): Route[] {
    return [...(this.#hostRoutesOf.get(ifindex) ?? [])].flatMap((key) => this.#routes.get(key) ?? []);
  }

  /** Routes by one way, of the main table, but for default routes, single pods' and ours; under keys of their own. */
  get ways(): ReadonlyMap<string, Route> {
    return this.#ways;
  }

  /** What became uncertain since the last call. */
  dirt(): Dirt {
    const dirt = this.#dirt;
    this.#dirt = noDirt();
    return dirt;
  }

  /** Reads everything from the kernel. */
  read(netlink: Netlink): void {
    for (const map of [this.links, this.#addresses, this.#routes, this.#ways, this.#hostRoutesOf, this.#waysOf]) map.clear();
    for (const set of [this.#crowded, this.#routed]) set.clear();
    for (const link of netlink.links()) this.links.set(link.ifindex, link);
    for (const address of netlink.addresses()) this.#addresses.set(keyOfAddress(address), address);
    for (const route of netlink.routes()) {
      // Of several that differ in nothing else (`ip route append`) the kernel takes the first.
      if (isKept(route)) {
        if (this.#routes.has(keyOfRoute(route))) this.#crowded.add(keyOfRoute(route));
        else this.#addRoute(route);
      }
      if (!isHostRoute(route)) this.#noteRouted(route);
    }
    this.#stale = false;
    this.#version++;
    this.#dirt = { ...noDirt(), everyPath: true, everyPod: true };
  }

  /** Follows a notification. */
  take(event: NetlinkEvent): void {
    if (event.kind === "link") this.#takeLink(event.link, event.change === "gone");
    else if (event.kind === "address") this.#takeAddress(event.address, event.change === "gone");
    else if (event.kind === "route") this.#takeRoute(event.route, event.change === "gone");
    else if (event.kind === "rule") this.#dirt.everyPath = true;
    else if (event.kind === "resync") this.#stale ||= event.only === undefined;
  }

  #takeLink(link: Link, gone: boolean): void {
    const { ifindex } = link;
    const before = this.links.get(ifindex);
    if (gone ? !before : sameRow(before, link)) return;
    this.#version++;
    this.#dirt.interfaces.add(ifindex);
    // The kernel flushes the routes of an interface that goes down without telling of each.
    const down = gone || (before?.flags.up === true && !link.flags.up);
    if (down) for (const of of [this.#hostRoutesOf, this.#waysOf]) for (const key of of.get(ifindex) ?? []) this.#dropRoute(key);
    if (this.#routed.has(ifindex) && (gone || !before || !sameState(before, link))) this.#dirt.everyPath = true;
    if (!gone) {
      this.links.set(ifindex, link);
      return;
    }
    this.links.delete(ifindex);
    this.#routed.delete(ifindex);
    for (const address of this.#addresses.values()) if (address.ifindex === ifindex) this.#takeAddress(address, true);
  }

  #takeAddress(address: InterfaceAddress, gone: boolean): void {
    const key = keyOfAddress(address);
    const before = this.#addresses.get(key);
    if (gone ? !before : sameRow(before, address)) return;
    this.#version++;
    if (gone) this.#addresses.delete(key);
    else this.#addresses.set(key, address);
    if (isLinkLocal(address.address)) return;
    this.#dirt.interfaces.add(address.ifindex);
    // With its last IPv4 address an interface loses its routes, and nobody tells of those (fib_disable_ip).
    if (gone && (this.#hostRoutesOf.has(address.ifindex) || this.#waysOf.has(address.ifindex))) this.#stale = true;
    if (gone && this.#routed.has(address.ifindex)) this.#dirt.everyPath = true;
    // ptp gives every pod's interface the same address: what the node has elsewhere too changes nothing for the rest.
    const text = formatAddress(address.address);
    const elsewhere = [...this.#addresses.values()].some((other) => other !== address && formatAddress(other.address) === text);
    if (elsewhere) return;
    this.#dirt.everyPath = true;
    this.#dirt.everyPod = true;
  }

  #takeRoute(route: Route, gone: boolean): void {
    const { destination, table, cloned, protocol } = route;
    if (cloned || protocol === ROUTE_PROTOCOL || table === RT_TABLE.LOCAL || isLinkLocal(destination.address)) return;
    if (this.#dirt.destinations.length < MANY) this.#dirt.destinations.push(destination);
    else this.#dirt.everyPath = true;
    const key = keyOfRoute(route);
    const before = this.#routes.get(key);
    if (!gone && !isHostRoute(route)) this.#noteRouted(route);
    if (!isKept(route)) {
      // Another kind of route in the place of one we knew.
      if (before) this.#stale = true;
      return;
    }
    if (before && !sameWay(before, route)) {
      // Two routes to one destination, or one in place of the other: the notification does not tell which.
      this.#stale = true;
    } else if (gone) this.#dropRoute(key);
    else this.#addRoute(route);
  }

  #addRoute(route: Route): void {
    const ifindex = route.hops[0]?.ifindex;
    if (ifindex === undefined) return;
    const key = keyOfRoute(route);
    this.#routes.set(key, route);
    const of = isWay(route) ? this.#waysOf : this.#hostRoutesOf;
    of.set(ifindex, (of.get(ifindex) ?? new Set()).add(key));
    if (of === this.#hostRoutesOf) {
      this.#dirt.interfaces.add(ifindex);
      return;
    }
    this.#ways.set(key, route);
    this.#dirt.ways.add(key);
  }

  #dropRoute(key: string): void {
    // Another one takes its place, and nobody tells which.
    if (this.#crowded.has(key)) this.#stale = true;
    const ifindex = this.#routes.get(key)?.hops[0]?.ifindex;
    this.#routes.delete(key);
    if (ifindex === undefined) return;
    const of = this.#ways.delete(key) ? this.#waysOf : this.#hostRoutesOf;
    const keys = of.get(ifindex);
    keys?.delete(key);
    if (keys?.size === 0) of.delete(ifindex);
    if (of === this.#waysOf) this.#dirt.ways.add(key);
    else this.#dirt.interfaces.add(ifindex);
  }

  #noteRouted({ hops, table, destination, nextHopId }: Route): void {
    if (table === RT_TABLE.LOCAL || isLinkLocal(destination.address)) return;
    for (const { ifindex } of hops) if (ifindex !== undefined) this.#routed.add(ifindex);
    // A nexthop object names its interface elsewhere.
    if (nextHopId !== undefined) for (const ifindex of this.links.keys()) this.#routed.add(ifindex);
  }
}

function keyOfAddress({ ifindex, address, prefixLength }: InterfaceAddress): string {
  return `${ifindex} ${formatAddress(address)}/${prefixLength}`;
}

function keyOfRoute({ destination, priority }: Route): string {
  return `${formatCidr(destination)} ${priority}`;
}

function sameWay({ hops: [a] }: Route, { hops: [b] }: Route): boolean {
  const text = (hop: typeof a): string => (hop?.via ? formatAddress(hop.via) : "");
  return a?.ifindex === b?.ifindex && text(a) === text(b);
}

/** Whether routes over both lead on alike. */
function sameState(a: Link, b: Link): boolean {
  return a.flags.up === b.flags.up && a.flags.running === b.flags.running && a.mtu === b.mtu && a.name === b.name;
}
