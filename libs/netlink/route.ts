// SPDX-License-Identifier: Apache-2.0
import { type Address, addressBits, addressOf, type Cidr, cidrOf, type Family, type IfIndex, type Result } from "@strait/model";
import { Attributes } from "./attributes.ts";
import { readAddress, readFamily, readFixed, readIndex, viewOf } from "./bytes.ts";
import { AF, RTA, RTAX, RTM_F } from "./constants.ts";
import { Malformed, reading } from "./malformed.ts";
import { type RouteScope, type RouteType, readScope, readType } from "./route_names.ts";

/** Size of `struct rtmsg`. */
export const RTMSG = 12;
const RTNEXTHOP = 8;

/** One way a route goes. */
export interface NextHop {
  readonly ifindex?: IfIndex;
  /** The router; may be of the other family (RFC 5549). Undefined: the destination is on the link. */
  readonly via?: Address;
  /** 1 to 256. */
  readonly weight: number;
  readonly onlink: boolean;
}

/** A route, as RTM_NEWROUTE tells it (rtnetlink(7)). */
export interface Route {
  readonly family: Family;
  readonly destination: Cidr;
  readonly table: number;
  /** Who made it: RTPROT or a number of one's own. */
  readonly protocol: number;
  readonly scope: RouteScope;
  readonly type: RouteType;
  /** Metric (RTA_PRIORITY); 0 where absent. */
  readonly priority: number;
  /** Empty for routes that go nowhere (blackhole...), or that name a nexthop object. */
  readonly hops: readonly NextHop[];
  /** Source address the kernel picks for packets of its own. */
  readonly prefSource?: Address;
  /** Bytes; undefined where the link decides. */
  readonly mtu?: number;
  readonly advertisedMss?: number;
  /** Id of a nexthop object (`ip nexthop`). */
  readonly nextHopId?: number;
  /** A cached result of a lookup, not an entry of a table. */
  readonly cloned: boolean;
}

function readVia(attributes: Attributes): Address | undefined {
  const gateway = attributes.bytes(RTA.GATEWAY);
  if (gateway) return readAddress(gateway);
  const via = attributes.bytes(RTA.VIA);
  if (!via) return undefined;
  if (via.length < 2) throw new Malformed("a gateway without its family");
  const family = readFamily(viewOf(via).getUint16(0, true));
  return readAddress(via.subarray(2, 2 + addressBits(family) / 8));
}

function readHop(attributes: Attributes, oif: number | undefined, weight: number, flags: number): NextHop {
  const via = readVia(attributes);
  return {
    ...(oif && { ifindex: readIndex(oif) }),
    ...(via && { via }),
    weight,
    onlink: (flags & RTM_F.ONLINK) !== 0,
  };
}

function readMultipath(bytes: Uint8Array): NextHop[] {
  const hops: NextHop[] = [];
  const view = viewOf(bytes);
  for (let at = 0; bytes.length - at >= RTNEXTHOP; ) {
    const length = view.getUint16(at, true);
    if (length < RTNEXTHOP || length > bytes.length - at) throw new Malformed(`next hop length ${length}`);
    const attributes = Attributes.parse(bytes.subarray(at + RTNEXTHOP, at + length));
    hops.push(readHop(attributes, view.getInt32(at + 4, true), view.getUint8(at + 3) + 1, view.getUint8(at + 2)));
    at += (length + 3) & ~3;
  }
  return hops;
}

function readDestination(family: Family, prefixLength: number, bytes: Uint8Array | undefined): Cidr {
  if (prefixLength > addressBits(family)) throw new Malformed(`prefix length ${prefixLength}`);
  const address = bytes ? readAddress(bytes) : addressOf(family, 0n);
  if (address.family !== family) throw new Malformed("its destination is of another family");
  return cidrOf(address, prefixLength);
}

/** Decodes the payload of RTM_NEWROUTE or RTM_DELROUTE, IPv4 or IPv6. Total. */
export function decodeRoute(payload: Uint8Array): Result<Route> {
  return reading("a route", () => {
    const { head, rest } = readFixed(payload, RTMSG);
    const af = head.getUint8(0);
    if (af !== AF.INET && af !== AF.INET6) throw new Malformed(`address family ${af}`);
    const family = readFamily(af);
    const flags = head.getUint32(8, true);
    const attributes = Attributes.parse(rest);
    const metrics = attributes.nested(RTA.METRICS);
    const multipath = attributes.bytes(RTA.MULTIPATH);
    const single = readHop(attributes, attributes.u32(RTA.OIF), 1, flags);
    const prefSource = attributes.bytes(RTA.PREFSRC);
    const mtu = metrics.u32(RTAX.MTU);
    const advertisedMss = metrics.u32(RTAX.ADVMSS);
    const nextHopId = attributes.u32(RTA.NH_ID);
    return {
      family,
      destination: readDestination(family, head.getUint8(1), attributes.bytes(RTA.DST)),
      table: attributes.u32(RTA.TABLE) ?? head.getUint8(4),
      protocol: head.getUint8(5),
      scope: readScope(head.getUint8(6)),
      type: readType(head.getUint8(7)),
      priority: attributes.u32(RTA.PRIORITY) ?? 0,
      hops: multipath ? readMultipath(multipath) : single.ifindex || single.via ? [single] : [],
      ...(prefSource && { prefSource: readAddress(prefSource) }),
      ...(mtu && { mtu }),
      ...(advertisedMss && { advertisedMss }),
      ...(nextHopId && { nextHopId }),
      cloned: (flags & RTM_F.CLONED) !== 0,
    };
  });
}
