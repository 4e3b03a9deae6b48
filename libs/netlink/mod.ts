// SPDX-License-Identifier: Apache-2.0
/**
 * rtnetlink: links, addresses, routes, rules, neighbours, forwarding entries and qdiscs as typed messages over one socket,
 * and notifications of their changes. `Netlink` asks and changes, `subscribe` listens. `Nftables` asks and changes nf_tables.
 * Everything concerns the network namespace of the process. Decoders are total; records that our types cannot hold are left out of
 * lists and told.
 *
 * @module
 */
export type { AddressFilter } from "./address_calls.ts";
export type { Change, NetlinkEvent } from "./event.ts";
export type { Filter, FilterHook } from "./filter.ts";
export type { InterfaceAddress, NewAddress } from "./interface_address.ts";
export type { BridgeAttributes, Link, LinkFlags, OperState, TunAttributes } from "./link.ts";
export type { LinkFilter, LinkRef } from "./link_calls.ts";
export type { BridgeLink, LinkSettings, LinkSpec, NetlinkLink, TunLink, VethLink, VxlanLink } from "./link_request.ts";
export type { NamespaceRef } from "./namespace_calls.ts";
export type { FdbEntry, Neighbour, NeighbourState, NewFdbEntry, NewNeighbour } from "./neighbour.ts";
export type { FdbFilter } from "./neighbour_calls.ts";
export { Netlink, type NetlinkOptions } from "./netlink.ts";
export { NetlinkSocket, type Purpose } from "./netlink_socket.ts";
export type { NftBase, NftChain, NftFamily, NftHook } from "./nft_chain.ts";
export type { NftChange } from "./nft_event.ts";
export { type NewNftChain, type NewNftRule, nft } from "./nft_request.ts";
export type { NftExpression, NftRule, NftVerdict } from "./nft_rule.ts";
export { type NewNftTable, Nftables } from "./nftables.ts";
export type { Path } from "./path.ts";
export type { Qdisc } from "./qdisc.ts";
export type { NextHop, Route } from "./route.ts";
export type { RouteFilter } from "./route_calls.ts";
export { type RouteScope, type RouteType, RT_TABLE, RTPROT } from "./route_names.ts";
export type { LookupOptions, NewHop, NewRoute, RouteKey } from "./route_request.ts";
export type { NewRule, Rule, RuleAction } from "./rule.ts";
export { type NetlinkGroup, type SubscribeOptions, subscribe } from "./subscribe.ts";
export type { VxlanAttributes, VxlanSpec } from "./vxlan.ts";
