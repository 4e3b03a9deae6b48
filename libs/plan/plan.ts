// SPDX-License-Identifier: Apache-2.0
import {
  type AttachRow,
  compareCidr,
  type IfIndex,
  type LinkRow,
  type NodeFacts,
  type NodeSpec,
  type Problem,
  type RouteRow,
  type Rows,
  vtepMac,
} from "@strait/model";

/** What one process wants on its node. */
export interface Plan {
  /** The rows this process wants, of every map. */
  readonly rows: Rows;
  /** The present rows that are this process's: `diff(rows[map], owned[map], sameRow)` never touches another's. */
  readonly owned: Rows;
  readonly links: readonly LinkRow[];
  /** Routes over STRAIT_DEVICE, sorted by destination. */
  readonly routes: readonly RouteRow[];
  /** Whether routes of ROUTE_PROTOCOL are this process's to write and remove on this node. */
  readonly ownsRoutes: boolean;
  readonly attach: AttachRow;
  /** Uplinks whose arriving packets are spread over all CPUs: a gateway carries the traffic of a whole cluster. */
  readonly spread: readonly IfIndex[];
  /** What cannot be and why, sorted by object. The rest of the plan holds all the same. */
  readonly problems: readonly Problem[];
}

/** As wide as a VXLAN device over IPv4 goes: routes say what fits, so the device must never be the narrower one. */
export const DEVICE_MTU = 65485;

/** One of our VXLAN devices; its MAC is made from the node's first address, IPv4 preferred. */
export function linkOf(name: string, port: number, own: NodeSpec): LinkRow {
  const first = own.addresses.find((a) => a.family === 4) ?? own.addresses[0];
  if (!first) throw new TypeError(`node ${own.name} has no address`);
  return { name, port, mac: vtepMac(first), mtu: DEVICE_MTU };
}

/** Interface indexes in order, each once. */
export function interfaces(list: readonly { readonly ifindex: IfIndex }[]): IfIndex[] {
  return [...new Set(list.map((entry) => entry.ifindex))].sort((a, b) => a - b);
}

/** Interfaces of the uplinks in order. */
export function uplinksOf(facts: NodeFacts): IfIndex[] {
  return interfaces(facts.uplinks);
}

/** Routes and problems in an order that does not depend on that of the input. */
export function sortedRoutes(routes: readonly RouteRow[]): RouteRow[] {
  return [...routes].sort((a, b) => compareCidr(a.destination, b.destination));
}

/** Problems by object, then reason; equal ones once. */
export function sortedProblems(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [`${problem.object}\n${problem.reason}`, problem]));
  return [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem);
}
