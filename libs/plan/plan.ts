// SPDX-License-Identifier: Apache-2.0
import { type IfIndex, type LinkRow, type NodeFacts, type NodeSpec, type Problem, vtepMac } from "@strait/model";

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

/** Problems by object, then reason; equal ones once. */
export function sortedProblems(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [`${problem.object}\n${problem.reason}`, problem]));
  return [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem);
}
