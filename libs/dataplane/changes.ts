// SPDX-License-Identifier: Apache-2.0
import { type Cidr, NFT_TABLE, ROUTE_PROTOCOL } from "@strait/model";
import { type NetlinkEvent, type NetlinkGroup, subscribe } from "@strait/netlink";
import type { Change } from "./dataplane.ts";
import { deviceNames } from "./devices.ts";
import type { News } from "./news.ts";

/**
 * Whether a notification is what our own writes look like, and so asks for nothing. What of ours goes, or goes down, is never
 * that: somebody may have taken it away.
 */
export function isOwn(event: NetlinkEvent): boolean {
  if (event.kind === "route") return event.route.protocol === ROUTE_PROTOCOL && event.change === "present";
  if (event.kind !== "link" || !deviceNames.includes(event.link.name)) return false;
  return event.change === "present" && event.link.flags.up;
}

/**
 * Whether something of ours was touched by somebody else: what was written before is not there any more, perhaps. A route that
 * goes is harm only where it is `wanted`: we, or the other app of this node, take away what is not. So it is with our table of
 * nf_tables.
 */
export function isHarm(
  event: NetlinkEvent,
  wanted: (destination: Cidr) => boolean,
  wantsTable: () => boolean = () => false,
): boolean {
  if (event.kind === "resync") return event.only === undefined;
  if (event.kind === "nftables") {
    return event.change === "gone" && event.family === "inet" && event.table === NFT_TABLE && wantsTable();
  }
  if (event.kind === "link") return deviceNames.includes(event.link.name) && !isOwn(event);
  if (event.kind !== "route" || event.route.protocol !== ROUTE_PROTOCOL) return false;
  return !isOwn(event) && wanted(event.route.destination);
}

/** What concerns every app of a node. */
export const NETWORK_GROUPS: readonly NetlinkGroup[] = ["link", "address", "route", "rule"];

/**
 * Tells of links, addresses, routes and rules that changed, until the signal aborts; yields at each piece of news, whoever tells
 * it. `hear` is given every notification, those of our own writes too, and says of those of nf_tables whether they are news.
 */
export async function* watchNode(
  news: News,
  signal: AbortSignal,
  hear: (event: NetlinkEvent) => boolean = () => true,
  groups: readonly NetlinkGroup[] = NETWORK_GROUPS,
): AsyncGenerator<Change> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  let failure: unknown;
  const listening = (async () => {
    for await (const event of subscribe({ groups }, both)) {
      if (hear(event) && !isOwn(event)) news.tell();
    }
  })().then(
    () => news.end(),
    (error: unknown) => {
      failure = error;
      news.end();
    },
  );
  try {
    while (await news.next()) yield news.wereUrgent() ? "pods" : "network";
    if (failure !== undefined) throw failure;
  } finally {
    ended.abort();
    await listening;
  }
}
