// SPDX-License-Identifier: Apache-2.0
import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { ROUTE_PROTOCOL } from "@strait/model";
import { type NetlinkEvent, subscribe } from "@strait/netlink";
import { deviceNames } from "./devices.ts";

/** Our own writes come back as notifications; they ask for nothing. */
function isOwn(event: NetlinkEvent): boolean {
  if (event.kind === "route") return event.route.protocol === ROUTE_PROTOCOL;
  if (event.kind === "link") return deviceNames.includes(event.link.name) && event.change === "present";
  return false;
}

/**
 * Yields when something changed that the facts depend on: links, addresses, routes, and the CNI's records, which are written
 * after the interfaces they tell of.
 */
export async function* watchNode(cniCacheDir: string | undefined, signal: AbortSignal): AsyncGenerator<void> {
  const news = new Signal();
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const results = cniCacheDir === undefined ? undefined : join(cniCacheDir, "results");
  const watcher = results !== undefined && existsSync(results) ? watch(results, () => news.tell()) : undefined;
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
    watcher?.close();
    await listening;
  }
}

/** One pending piece of news at most: whoever reads it looks at everything anyway. */
class Signal {
  #pending = false;
  #ended = false;
  #wake = (): void => {};

  tell(): void {
    this.#pending = true;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** True at the next news, false at the end. */
  async next(): Promise<boolean> {
    while (!this.#pending && !this.#ended) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#ended) return false;
    this.#pending = false;
    return true;
  }
}
