// SPDX-License-Identifier: Apache-2.0
import type { Address } from "./address.ts";
import { type Cidr, cidr, contains, overlaps } from "./cidr.ts";

/** Ranges that never cross a node's edge (RFC 6890), so that nobody can announce or be reached at them. */
const RANGES: readonly { readonly range: Cidr; readonly what: string }[] = [
  { range: cidr("0.0.0.0/8"), what: "this-host" },
  { range: cidr("127.0.0.0/8"), what: "loopback" },
  { range: cidr("169.254.0.0/16"), what: "link-local" },
  { range: cidr("224.0.0.0/4"), what: "multicast" },
  { range: cidr("255.255.255.255/32"), what: "broadcast" },
  { range: cidr("::/128"), what: "unspecified" },
  { range: cidr("::1/128"), what: "loopback" },
  // The maps hold IPv4 there, so an IPv6 subnet around it would swallow IPv4.
  { range: { address: { family: 6, value: 0xffff_0000_0000n }, prefixLength: 96 }, what: "IPv4-mapped" },
  { range: cidr("fe80::/10"), what: "link-local" },
  { range: cidr("ff00::/8"), what: "multicast" },
];

/** What kind of special address this is, or undefined for an ordinary one. Example: 127.0.0.1 is "loopback". */
export function specialAddress(a: Address): string | undefined {
  return RANGES.find(({ range }) => contains(range, a))?.what;
}

/** What kind of special addresses the subnet touches, or undefined. Example: 0.0.0.0/0 touches "this-host". */
export function specialSubnet(subnet: Cidr): string | undefined {
  return RANGES.find(({ range }) => overlaps(range, subnet))?.what;
}
