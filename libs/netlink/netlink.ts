// SPDX-License-Identifier: Apache-2.0
import { ethtoolFeatures, type Feature, setEthtoolFeatures } from "@strait/ffi";
import type { Address, Family, IfIndex } from "@strait/model";
import { type AddressFilter, addAddress, deleteAddress, listAddresses } from "./address_calls.ts";
import type { Channel } from "./channel.ts";
import type { Filter, FilterHook } from "./filter.ts";
import { listFilters } from "./filter_calls.ts";
import type { InterfaceAddress, NewAddress } from "./interface_address.ts";
import type { Link } from "./link.ts";
import { addLink, deleteLink, findLink, type LinkFilter, type LinkRef, listLinks, setLink } from "./link_calls.ts";
import type { LinkSettings, LinkSpec } from "./link_request.ts";
import { assignNamespaceId, type NamespaceRef, namespaceId } from "./namespace_calls.ts";
import type { FdbEntry, Neighbour, NewFdbEntry, NewNeighbour } from "./neighbour.ts";
import {
  addFdbEntry,
  deleteFdbEntry,
  deleteNeighbour,
  type FdbFilter,
  listFdb,
  listNeighbours,
  putNeighbour,
} from "./neighbour_calls.ts";
import { NetlinkSocket } from "./netlink_socket.ts";
import type { Path } from "./path.ts";
import type { Qdisc } from "./qdisc.ts";
import { deleteClsact, ensureClsact, listQdiscs } from "./qdisc_calls.ts";
import type { Route } from "./route.ts";
import { deleteRoute, listRoutes, lookUp, putRoute, type RouteFilter } from "./route_calls.ts";
import type { LookupOptions, NewRoute, RouteKey } from "./route_request.ts";
import type { NewRule, Rule } from "./rule.ts";
import { addRule, deleteRule, listRules } from "./rule_calls.ts";

/** Options of a Netlink. */
export interface NetlinkOptions {
  /** Told about each record that a list leaves out because our types cannot hold it. */
  readonly unreadable?: (reason: string) => void;
}

/**
 * The network of this process's namespace through rtnetlink(7): what is there, and changes to it. Every call is synchronous
 * and asks the kernel afresh. What the kernel refuses is a KernelError with its own words; where a thing to delete is not
 * there, the answer is false.
 *
 * @example
 * using netlink = new Netlink();
 * const eth0 = netlink.linkByName("eth0");
 * if (eth0) netlink.replaceRoute({ destination: cidr("10.2.0.0/16"), ifindex: eth0.ifindex, protocol: ROUTE_PROTOCOL });
 */
export class Netlink implements Disposable {
  readonly #channel: Channel;

  constructor(options: NetlinkOptions = {}) {
    this.#channel = { socket: new NetlinkSocket(), unreadable: options.unreadable ?? (() => {}) };
  }

  close(): void {
    this.#channel.socket.close();
  }
  [Symbol.dispose](): void {
    this.close();
  }

  /** Every link of the namespace, or those of a kind or a bridge. */
  links(filter: LinkFilter = {}): Link[] {
    return listLinks(this.#channel, filter);
  }
  /** Undefined where there is none of that name. */
  linkByName(name: string): Link | undefined {
    return findLink(this.#channel, name);
  }
  /** Undefined where there is none of that index. */
  linkByIndex(ifindex: IfIndex): Link | undefined {
    return findLink(this.#channel, ifindex);
  }
  /** Makes a link and tells what it became. KernelError EEXIST where the name is taken. */
  addLink(spec: LinkSpec): Link {
    return addLink(this.#channel, spec);
  }
  /** Changes what is given and leaves the rest. KernelError ENODEV where the link is gone. */
  setLink(ifindex: IfIndex, settings: LinkSettings): void {
    setLink(this.#channel, ifindex, settings);
  }
  /** Deletes a link (a veth with its peer). */
  deleteLink(link: LinkRef): boolean {
    return deleteLink(this.#channel, link);
  }

  /** Addresses of both families on every link, or of one. */
  addresses(filter: AddressFilter = {}): InterfaceAddress[] {
    return listAddresses(this.#channel, filter);
  }
  /** Adds an address; one that is there already is updated. */
  addAddress(wanted: NewAddress): void {
    addAddress(this.#channel, wanted);
  }
  deleteAddress(unwanted: NewAddress): boolean {
    return deleteAddress(this.#channel, unwanted);
  }

  /** Routes of both families and every table, or those that match. */
  routes(filter: RouteFilter = {}): Route[] {
    return listRoutes(this.#channel, filter);
  }
  /** Adds a route. KernelError EEXIST where one of that destination, table and priority is there, whoever made it. */
  addRoute(route: NewRoute): void {
    putRoute(this.#channel, route, "add");
  }
  /** Puts a route in the place of the one of the same destination, table and priority, **whoever made that**; look first. */
  replaceRoute(route: NewRoute): void {
    putRoute(this.#channel, route, "replace");
  }
  /** Deletes the first route that matches; give `protocol`, so that it is one's own. */
  deleteRoute(key: RouteKey): boolean {
    return deleteRoute(this.#channel, key);
  }
  /** How the kernel would send to an address now; undefined where it cannot. */
  getRoute(to: Address, options: LookupOptions = {}): Path | undefined {
    return lookUp(this.#channel, to, options);
  }

  /** Policy routing rules in the order the kernel tries them. */
  rules(family?: Family): Rule[] {
    return listRules(this.#channel, family);
  }
  /** False where the very same rule is there already. */
  addRule(rule: NewRule): boolean {
    return addRule(this.#channel, rule);
  }
  deleteRule(rule: NewRule): boolean {
    return deleteRule(this.#channel, rule);
  }

  /** ARP and neighbour discovery entries, of one link or of all. */
  neighbours(ifindex?: IfIndex): Neighbour[] {
    return listNeighbours(this.#channel, ifindex);
  }
  /** Sets an entry, in place of the one for that address. */
  replaceNeighbour(wanted: NewNeighbour): void {
    putNeighbour(this.#channel, wanted);
  }
  deleteNeighbour(ifindex: IfIndex, address: Address): boolean {
    return deleteNeighbour(this.#channel, ifindex, address);
  }

  /** Forwarding entries of bridges and vxlan devices. */
  fdb(filter: FdbFilter = {}): FdbEntry[] {
    return listFdb(this.#channel, filter);
  }
  /** Sets a forwarding entry, in place of the one for that MAC. */
  replaceFdbEntry(wanted: NewFdbEntry): void {
    addFdbEntry(this.#channel, wanted);
  }
  deleteFdbEntry(unwanted: NewFdbEntry): boolean {
    return deleteFdbEntry(this.#channel, unwanted);
  }

  /** Queueing disciplines of every link, or of one. */
  qdiscs(ifindex?: IfIndex): Qdisc[] {
    return listQdiscs(this.#channel, ifindex);
  }
  /** True where a clsact qdisc was added, false where one was there. KernelError EEXIST where an ingress qdisc is in its place. */
  ensureClsact(ifindex: IfIndex): boolean {
    return ensureClsact(this.#channel, ifindex);
  }
  /** Deletes a clsact qdisc and every filter in it; an ingress qdisc is left. */
  deleteClsact(ifindex: IfIndex): boolean {
    return deleteClsact(this.#channel, ifindex);
  }

  /** Filters of everybody in a link's clsact qdisc; none where it has no such qdisc. */
  filters(ifindex: IfIndex, hook: FilterHook): Filter[] {
    return listFilters(this.#channel, ifindex, hook);
  }

  /** The id by which links here name a network namespace (Link.linkNetnsId); undefined where it has none yet. */
  namespaceId(of: NamespaceRef): number | undefined {
    return namespaceId(this.#channel, of);
  }
  /** Lets the kernel choose an id for a namespace. KernelError EEXIST where it has one. */
  assignNamespaceId(of: NamespaceRef): void {
    assignNamespaceId(this.#channel, of);
  }

  /** Offload features by the kernel's names, "rx-gro"; by ioctl, as it reaches back furthest. */
  features(name: string): ReadonlyMap<string, Feature> {
    return ethtoolFeatures(name);
  }
  /** Switches features; TypeError for names the kernel does not know, KernelError EOPNOTSUPP for ones the driver keeps. */
  setFeatures(name: string, wishes: Readonly<Record<string, boolean>>): void {
    setEthtoolFeatures(name, wishes);
  }
}
