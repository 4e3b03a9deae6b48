// SPDX-License-Identifier: Apache-2.0
import { type KernelError, listenNetlink, NetlinkFd, type NetlinkListening } from "@strait/ffi";
import { NETLINK, RTNLGRP } from "./constants.ts";
import { decodeEvent, type NetlinkEvent } from "./event.ts";
import { Inbox } from "./inbox.ts";
import { splitMessages } from "./message.ts";
import { NFNLGRP_NFTABLES } from "./nft_constants.ts";
import { expecting } from "./outcome.ts";

const GROUPS = {
  link: [RTNLGRP.LINK],
  address: [RTNLGRP.IPV4_IFADDR, RTNLGRP.IPV6_IFADDR],
  route: [RTNLGRP.IPV4_ROUTE, RTNLGRP.IPV6_ROUTE],
  neighbour: [RTNLGRP.NEIGH],
  rule: [RTNLGRP.IPV4_RULE, RTNLGRP.IPV6_RULE],
  nftables: [NFNLGRP_NFTABLES],
} as const;

/**
 * What can be listened to. "neighbour" brings forwarding entries of bridges and vxlan devices too; "nftables" tells of tables,
 * chains and rules, and of nothing on a kernel without netfilter.
 */
export type NetlinkGroup = keyof typeof GROUPS;

export interface SubscribeOptions {
  readonly groups: readonly NetlinkGroup[];
  /** Told about each notification that our types cannot hold; it is left out. */
  readonly unreadable?: (reason: string) => void;
}

const ROOM = 10_000;

class Subscription {
  readonly inbox = new Inbox(ROOM);
  readonly #options: SubscribeOptions;
  /** By netlink protocol. */
  readonly #listening = new Map<number, NetlinkListening>();
  #closed = false;

  constructor(options: SubscribeOptions) {
    this.#options = options;
    const { groups } = options;
    if (groups.some((group) => group !== "nftables")) this.#listen(NETLINK.ROUTE);
    if (groups.includes("nftables")) expecting(["EPROTONOSUPPORT"], () => this.#listen(NETLINK.NETFILTER), undefined);
  }

  close(error?: unknown): void {
    this.#closed = true;
    this.inbox.end(error);
    for (const listening of this.#listening.values()) listening.close();
    this.#listening.clear();
  }

  #listen(protocol: number): void {
    const groups = this.#options.groups.filter((group) => (group === "nftables") === (protocol === NETLINK.NETFILTER));
    // The reader works on a duplicate, made before listenNetlink first waits: this descriptor has done its duty then.
    using socket = NetlinkFd.open(
      protocol,
      groups.flatMap((group) => GROUPS[group]),
    );
    listenNetlink(socket, { data: (datagram) => this.#read(datagram), closed: (error) => this.#lost(protocol, error) }).then(
      (listening) => {
        if (this.#closed) listening.close();
        else this.#listening.set(protocol, listening);
      },
      (error: unknown) => this.close(error),
    );
  }

  #lost(protocol: number, error: KernelError | undefined): void {
    if (this.#closed) return;
    if (error && error.errnoName !== "ENOBUFS") {
      this.close(error);
      return;
    }
    try {
      // Listen first, then tell: what changes after the reader's new look is heard.
      this.#listen(protocol);
      const reason = error ? "the kernel dropped notifications (ENOBUFS)" : "the socket was closed";
      this.inbox.put({ kind: "resync", reason, ...(protocol === NETLINK.NETFILTER && { only: "nftables" }) });
    } catch (failure) {
      this.close(failure);
    }
  }

  #read(datagram: Uint8Array): void {
    const split = splitMessages(datagram);
    if (!split.ok) this.inbox.put({ kind: "resync", reason: split.reason });
    for (const message of split.ok ? split.value : []) {
      const event = decodeEvent(message);
      if (!event.ok) this.#options.unreadable?.(event.reason);
      else if (event.value) this.inbox.put(event.value);
    }
  }
}

async function* read(subscription: Subscription, done: () => void): AsyncGenerator<NetlinkEvent, void, undefined> {
  try {
    for (;;) {
      const event = await subscription.inbox.next();
      if (!event) return;
      yield event;
    }
  } finally {
    done();
  }
}

/**
 * Notifications of changes in this network namespace. Listening starts with the call, not with the first `for await`: first
 * subscribe, then read what is there, then follow the events, and nothing falls between. The iteration ends when the signal
 * aborts. Where the kernel had to drop notifications (ENOBUFS, rtnetlink(7)) a `resync` event stands in their place.
 *
 * @example
 * const events = subscribe({ groups: ["link", "route"] }, signal);
 * let links = netlink.links();
 * for await (const event of events) if (event.kind === "link" || event.kind === "resync") links = netlink.links();
 */
export function subscribe(options: SubscribeOptions, signal: AbortSignal): AsyncIterable<NetlinkEvent> {
  if (options.groups.length === 0) throw new TypeError("subscribe needs at least one group");
  const subscription = new Subscription(options);
  const close = () => {
    signal.removeEventListener("abort", close);
    subscription.close();
  };
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  return read(subscription, close);
}
