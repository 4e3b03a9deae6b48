// SPDX-License-Identifier: Apache-2.0
import { type Address, addressBits, type Cidr, type Family, type IfIndex } from "@strait/model";
import { attribute } from "./attributes.ts";
import { afOf, concat, viewOf, wireAddress } from "./bytes.ts";
import { RTA, RTAX, RTM_F } from "./constants.ts";
import { RTMSG } from "./route.ts";
import { type RouteScope, type RouteType, RT_TABLE, RTPROT, scopeNumber, typeNumber } from "./route_names.ts";

/** One way of a new route. */
export interface NewHop {
  readonly ifindex?: IfIndex;
  readonly via?: Address;
  /** 1 to 256; 1 where absent. */
  readonly weight?: number;
  /** Take `via` as reachable on the link whatever its prefix. */
  readonly onlink?: boolean;
}

/** A route to make. One way is given in place (`ifindex`, `via`), several as `hops`. */
export interface NewRoute extends NewHop {
  readonly destination: Cidr;
  readonly hops?: readonly NewHop[];
  /** RT_TABLE.MAIN where absent. */
  readonly table?: number;
  /** RTPROT.STATIC where absent. Ours are ROUTE_PROTOCOL of @strait/model. */
  readonly protocol?: number;
  /** "link" where there is no `via` and the route is IPv4 unicast, else "global". */
  readonly scope?: RouteScope;
  readonly type?: RouteType;
  readonly priority?: number;
  readonly prefSource?: Address;
  readonly mtu?: number;
  readonly advertisedMss?: number;
}

/** Names a route to delete: what is absent matches any. */
export type RouteKey = Pick<NewRoute, "destination" | "table" | "protocol" | "priority" | "ifindex" | "via" | "type">;

function via(family: Family, hop: NewHop): Uint8Array[] {
  if (!hop.via) return [];
  if (hop.via.family === family) return [attribute.bytes(RTA.GATEWAY, wireAddress(hop.via))];
  const af = afOf(hop.via.family);
  return [attribute.bytes(RTA.VIA, concat(Uint8Array.of(af & 0xff, af >> 8), wireAddress(hop.via)))];
}

function encodeHop(family: Family, hop: NewHop): Uint8Array {
  const attributes = concat(...via(family, hop));
  const out = concat(new Uint8Array(8), attributes);
  const view = viewOf(out);
  view.setUint16(0, out.length, true);
  view.setUint8(2, hop.onlink ? RTM_F.ONLINK : 0);
  view.setUint8(3, (hop.weight ?? 1) - 1);
  view.setInt32(4, hop.ifindex ?? 0, true);
  return out;
}

function goesNowhere(type: RouteType): boolean {
  return type === "blackhole" || type === "unreachable" || type === "prohibit" || type === "throw";
}

function defaultScope(route: NewRoute, type: RouteType): RouteScope {
  if (route.destination.address.family === 6 || route.via || route.hops || goesNowhere(type)) return "global";
  return type === "local" ? "host" : "link";
}

function head(destination: Cidr, table: number, protocol: number, scope: number, type: number, flags: number): Uint8Array {
  const out = new Uint8Array(RTMSG);
  const view = viewOf(out);
  view.setUint8(0, afOf(destination.address.family));
  view.setUint8(1, destination.prefixLength);
  view.setUint8(4, table < 256 ? table : 0);
  view.setUint8(5, protocol);
  view.setUint8(6, scope);
  view.setUint8(7, type);
  view.setUint32(8, flags, true);
  return out;
}

function body(route: NewRoute, table: number): Uint8Array[] {
  const family = route.destination.address.family;
  const { ifindex, priority, prefSource, mtu, advertisedMss } = route;
  const metrics = [
    ...(mtu === undefined ? [] : [attribute.u32(RTAX.MTU, mtu)]),
    ...(advertisedMss === undefined ? [] : [attribute.u32(RTAX.ADVMSS, advertisedMss)]),
  ];
  return [
    ...(route.destination.prefixLength ? [attribute.bytes(RTA.DST, wireAddress(route.destination.address))] : []),
    attribute.u32(RTA.TABLE, table),
    ...(ifindex === undefined ? [] : [attribute.u32(RTA.OIF, ifindex)]),
    ...via(family, route),
    ...(priority === undefined ? [] : [attribute.u32(RTA.PRIORITY, priority)]),
    ...(prefSource ? [attribute.bytes(RTA.PREFSRC, wireAddress(prefSource))] : []),
    ...(metrics.length ? [attribute.nested(RTA.METRICS, ...metrics)] : []),
    ...(route.hops ? [attribute.bytes(RTA.MULTIPATH, concat(...route.hops.map((hop) => encodeHop(family, hop))))] : []),
  ];
}

/** Encodes the payload of RTM_NEWROUTE. @throws TypeError where addresses of the route are of the wrong family. */
export function encodeRoute(route: NewRoute): Uint8Array[] {
  const type = route.type ?? "unicast";
  const table = route.table ?? RT_TABLE.MAIN;
  if (route.prefSource && route.prefSource.family !== route.destination.address.family) {
    throw new TypeError("a route's preferred source must be of the destination's family");
  }
  const scope = scopeNumber(route.scope ?? defaultScope(route, type));
  const flags = route.onlink ? RTM_F.ONLINK : 0;
  return [head(route.destination, table, route.protocol ?? RTPROT.STATIC, scope, typeNumber(type), flags), ...body(route, table)];
}

/** Encodes the payload of RTM_DELROUTE. */
export function encodeRouteKey(key: RouteKey): Uint8Array[] {
  const table = key.table ?? RT_TABLE.MAIN;
  const anyScope = scopeNumber("nowhere");
  const type = key.type ? typeNumber(key.type) : 0;
  return [head(key.destination, table, key.protocol ?? 0, anyScope, type, 0), ...body(key, table)];
}

/** What a route lookup may say besides the destination. */
export interface LookupOptions {
  readonly source?: Address;
  readonly ifindex?: IfIndex;
  readonly mark?: number;
}

/** Encodes the payload of RTM_GETROUTE for a lookup. */
export function encodeLookup(to: Address, options: LookupOptions = {}): Uint8Array[] {
  const out = new Uint8Array(RTMSG);
  const view = viewOf(out);
  view.setUint8(0, afOf(to.family));
  view.setUint8(1, addressBits(to.family));
  if (options.source) view.setUint8(2, addressBits(to.family));
  return [
    out,
    attribute.bytes(RTA.DST, wireAddress(to)),
    ...(options.source ? [attribute.bytes(RTA.SRC, wireAddress(options.source))] : []),
    ...(options.ifindex === undefined ? [] : [attribute.u32(RTA.OIF, options.ifindex)]),
    ...(options.mark === undefined ? [] : [attribute.u32(RTA.MARK, options.mark)]),
  ];
}
