// SPDX-License-Identifier: Apache-2.0
/**
 * rtnetlink: links, addresses, routes, rules, neighbours, forwarding entries and qdiscs as typed messages over one socket.
 *
 * @module
 */
export type { InterfaceAddress, NewAddress } from "./interface_address.ts";
export type { BridgeAttributes, Link, LinkFlags, OperState, TunAttributes } from "./link.ts";
export type { BridgeLink, LinkSettings, LinkSpec, VethLink, VxlanLink } from "./link_request.ts";
export type { FdbEntry, Neighbour, NeighbourState, NewFdbEntry, NewNeighbour } from "./neighbour.ts";
export type { Qdisc } from "./qdisc.ts";
export type { NextHop, Route } from "./route.ts";
export { type RouteScope, type RouteType, RT_TABLE, RTPROT } from "./route_names.ts";
export type { LookupOptions, NewHop, NewRoute, RouteKey } from "./route_request.ts";
export type { NewRule, Rule, RuleAction } from "./rule.ts";
export type { VxlanAttributes, VxlanSpec } from "./vxlan.ts";
