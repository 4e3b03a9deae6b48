// SPDX-License-Identifier: Apache-2.0
import { ROUTE_PROTOCOL } from "@strait/model";
import { type NetlinkEvent, subscribe } from "@strait/netlink";
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

/** Tells of links, addresses and routes that changed, until the signal aborts; yields at each piece of news, whoever tells it. */
export async function* watchNode(news: News, signal: AbortSignal): AsyncGenerator<void> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  let failure: unknown;
  const listening = (async () => {
    for await (const event of subscribe({ groups: ["link", "address", "route"] }, both)) if (!isOwn(event)) news.tell();
  })().then(
    () => news.end(),
    (error: unknown) => {
      failure = error;
      news.end();
    },
  );
  try {
    while (await news.next()) yield;
    if (failure !== undefined) throw failure;
  } finally {
    ended.abort();
    await listening;
  }
}
