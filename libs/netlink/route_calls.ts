// SPDX-License-Identifier: Apache-2.0
import { KernelError } from "@strait/ffi";
import { type Address, type Family, formatAddress, formatCidr } from "@strait/model";
import { attribute } from "./attributes.ts";
import { afOf } from "./bytes.ts";
import { type Channel, readAll } from "./channel.ts";
import { NLM_F, RTA, RTM } from "./constants.ts";
import { expecting } from "./outcome.ts";
import { type Path, pathOf } from "./path.ts";
import { decodeRoute, type Route, RTMSG } from "./route.ts";
import { encodeLookup, encodeRoute, encodeRouteKey, type LookupOptions, type NewRoute, type RouteKey } from "./route_request.ts";

/** Which routes to list; absent: all, of every table. */
export interface RouteFilter {
  readonly family?: Family;
  readonly table?: number;
  readonly protocol?: number;
}

function listFamily(channel: Channel, family: Family, { table, protocol }: RouteFilter): Route[] {
  const head = new Uint8Array(RTMSG);
  head[0] = afOf(family);
  head[5] = protocol ?? 0;
  const filter = table === undefined ? [] : [attribute.u32(RTA.TABLE, table)];
  const ask = () => channel.socket.dump({ verb: "list", object: `IPv${family} routes` }, RTM.GETROUTE, head, ...filter);
  // A table nobody has put a route into does not exist: an empty list.
  const messages = table === undefined ? ask() : expecting(["ENOENT"], ask, []);
  return readAll(channel, messages, RTM.NEWROUTE, decodeRoute).filter(
    (route) =>
      route.family === family &&
      !route.cloned &&
      (table === undefined || route.table === table) &&
      (protocol === undefined || route.protocol === protocol),
  );
}

export function listRoutes(channel: Channel, filter: RouteFilter): Route[] {
  const families: readonly Family[] = filter.family === undefined ? [4, 6] : [filter.family];
  return families.flatMap((family) => listFamily(channel, family, filter));
}

export function putRoute(channel: Channel, route: NewRoute, verb: "add" | "replace"): void {
  const flags = NLM_F.CREATE | (verb === "add" ? NLM_F.EXCL : NLM_F.REPLACE);
  channel.socket.request({ verb, object: `route ${formatCidr(route.destination)}` }, RTM.NEWROUTE, flags, ...encodeRoute(route));
}

export function deleteRoute(channel: Channel, key: RouteKey): boolean {
  const purpose = { verb: "delete", object: `route ${formatCidr(key.destination)}` };
  const ask = () => channel.socket.request(purpose, RTM.DELROUTE, 0, ...encodeRouteKey(key));
  return expecting(["ESRCH", "ENOENT", "ENODEV"], () => ask().length >= 0, false);
}

/** A lookup that ends in an unreachable, prohibit or blackhole route is answered by these, the last without a text. */
function leadsNowhere(error: unknown): boolean {
  if (!(error instanceof KernelError)) return false;
  if (error.errnoName === "EINVAL") return error.detail === undefined;
  return ["ENETUNREACH", "EHOSTUNREACH", "EACCES"].includes(error.errnoName);
}

export function lookUp(channel: Channel, to: Address, options: LookupOptions): Path | undefined {
  const purpose = { verb: "look up the route to", object: formatAddress(to) };
  try {
    const messages = channel.socket.request(purpose, RTM.GETROUTE, 0, ...encodeLookup(to, options));
    const [route] = readAll(channel, messages, RTM.NEWROUTE, decodeRoute);
    return route && pathOf(route, options.source);
  } catch (error) {
    if (leadsNowhere(error)) return undefined;
    throw error;
  }
}
