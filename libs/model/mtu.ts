// SPDX-License-Identifier: Apache-2.0
import type { Family } from "./address.ts";
import type { Brand } from "./brand.ts";
import { must, ok, type Result, refuse } from "./result.ts";

/** Largest IP packet a link or path carries, in bytes, IP header included. At least MIN_LINK_MTU. */
export type LinkMtu = Brand<number, "LinkMtu">;

/** Largest inner IP packet that fits a tunnel, in bytes, IP header included. */
export type InnerMtu = Brand<number, "InnerMtu">;

/** The smallest link IPv6 works on (RFC 8200 5); ours too, whatever the family. */
export const MIN_LINK_MTU = 1280;

const MAX_LINK_MTU = 65536;
const IP_HEADER = { 4: 20, 6: 40 } as const;
const UDP_HEADER = 8;
const VXLAN_HEADER = 8;
const ETHERNET_HEADER = 14;

/** Checks a link MTU in bytes. Example: `parseLinkMtu(1200)` is refused. */
export function parseLinkMtu(bytes: number): Result<LinkMtu> {
  if (!Number.isInteger(bytes) || bytes > MAX_LINK_MTU)
    return refuse(`MTU ${bytes} is out of range: use ${MIN_LINK_MTU} to ${MAX_LINK_MTU}`);
  if (bytes < MIN_LINK_MTU) return refuse(`MTU ${bytes} is below ${MIN_LINK_MTU}: raise the link's MTU`);
  return ok(bytes as LinkMtu);
}

/** As `parseLinkMtu`, for literals. @throws TypeError with the reason. */
export function linkMtu(bytes: number): LinkMtu {
  return must(parseLinkMtu(bytes));
}

/** Bytes a VXLAN tunnel adds to an inner IP packet: outer IP, UDP, VXLAN (RFC 7348) and the inner Ethernet header. 50 or 70. */
export function vxlanOverhead(outer: Family): number {
  return IP_HEADER[outer] + UDP_HEADER + VXLAN_HEADER + ETHERNET_HEADER;
}

/** Largest inner packet over such a link. Example: `innerMtu(linkMtu(1500), 6)` is 1430. */
export function innerMtu(link: LinkMtu, outer: Family): InnerMtu {
  return (link - vxlanOverhead(outer)) as InnerMtu;
}
