// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { openHandles } from "@strait/ffi";
import { address, addressOf, cidr, formatAddress, formatCidr, hostCidr, ifIndex, mac } from "@strait/model";
import type { NetlinkEvent } from "./event.ts";
import { Netlink } from "./netlink.ts";
import { subscribe } from "./subscribe.ts";
import { inOwnNamespace } from "./testing/own_namespace.ts";

function shown(event: NetlinkEvent): string {
  switch (event.kind) {
    case "link":
      return `link ${event.link.name} ${event.change}`;
    case "address":
      return `address ${formatAddress(event.address.address)} ${event.change}`;
    case "route":
      return `route ${formatCidr(event.route.destination)} ${event.change}`;
    case "neighbour":
      return `neighbour ${formatAddress(event.neighbour.address)} ${event.change}`;
    case "fdb":
      return `fdb ${event.entry.mac} ${event.change}`;
    case "rule":
      return `rule ${event.rule.priority} ${event.change}`;
    case "nftables":
      return `table ${event.table} ${event.change}`;
    case "resync":
      return "resync";
  }
}

/** Takes events until each of these was there; what comes after them can be waited for next. */
async function until(events: AsyncIterator<NetlinkEvent>, wanted: readonly string[]): Promise<void> {
  const missing = new Set(wanted);
  while (missing.size > 0) {
    const { value, done } = await events.next();
    if (done) throw new Error(`ended without ${[...missing].join(", ")}`);
    missing.delete(shown(value));
  }
}

inOwnNamespace(import.meta.path, () => {
  test("subscribe hears of links, addresses, routes, neighbours and rules, those before the first reading too", async () => {
    using netlink = new Netlink();
    netlink.setLink(ifIndex(1), { up: true });
    const { signal } = new AbortController();
    const events = subscribe({ groups: ["link", "address", "route", "neighbour", "rule"] }, signal)[Symbol.asyncIterator]();
    const { ifindex } = netlink.addLink({ kind: "veth", name: "st0", up: true, peer: { name: "st1", up: true } });
    netlink.addAddress({ ifindex, address: address("10.1.0.1"), prefixLength: 24 });
    netlink.addAddress({ ifindex, address: address("fd01::1"), prefixLength: 64, noDad: true });
    netlink.replaceRoute({ destination: cidr("10.2.0.0/16"), ifindex });
    netlink.replaceRoute({ destination: cidr("fd02::/48"), ifindex });
    netlink.replaceNeighbour({ ifindex, address: address("10.1.0.9"), mac: mac("02:00:00:00:00:09") });
    netlink.addRule({ family: 6, priority: 77, table: 77 });
    await until(events, [
      "link st0 present",
      "address 10.1.0.1 present",
      "address fd01::1 present",
      "route 10.2.0.0/16 present",
      "route fd02::/48 present",
      "neighbour 10.1.0.9 present",
      "rule 77 present",
    ]);
    // Not before: the kernel tells of an IPv6 address from a work queue, and not at all of one that is gone by then.
    netlink.deleteRoute({ destination: cidr("10.2.0.0/16") });
    netlink.deleteLink("st0");
    await until(events, ["route 10.2.0.0/16 gone", "link st0 gone", "link st1 gone"]);
    await events.return?.();
  });

  test("subscribe leaves out the groups that were not asked for", async () => {
    using netlink = new Netlink();
    const events = subscribe({ groups: ["route"] }, new AbortController().signal);
    const { ifindex } = netlink.addLink({ kind: "veth", name: "st2", up: true, peer: { name: "st3", up: true } });
    netlink.replaceRoute({ destination: cidr("10.3.0.0/16"), ifindex });
    for await (const event of events) {
      expect(event.kind).toBe("route");
      if (shown(event) === "route 10.3.0.0/16 present") break;
    }
  });

  test("subscribe tells of a resync where the kernel dropped notifications, and goes on", async () => {
    using netlink = new Netlink();
    const events = subscribe({ groups: ["route"] }, new AbortController().signal);
    // All of this happens before the event loop may read: far more than the socket holds.
    for (let i = 0; i < 20_000; i++) {
      netlink.addRoute({ destination: hostCidr(addressOf(4, 0x0b000000n + BigInt(i))), type: "blackhole", table: 900 });
    }
    for await (const event of events) {
      if (event.kind === "resync") {
        expect(event.reason).toContain("ENOBUFS");
        netlink.addRoute({ destination: cidr("12.0.0.0/8"), type: "blackhole" });
      }
      if (shown(event) === "route 12.0.0.0/8 present") break;
    }
  });

  test("subscribe ends when the signal aborts, before, between and while waiting", async () => {
    const before = openHandles();
    expect(await Array.fromAsync(subscribe({ groups: ["link"] }, AbortSignal.abort()))).toEqual([]);
    const controller = new AbortController();
    const all = Array.fromAsync(subscribe({ groups: ["link"] }, controller.signal));
    queueMicrotask(() => controller.abort());
    expect(await all).toEqual([]);
    expect(openHandles()).toBe(before);
  });

  test("subscribe to nothing is a TypeError", () => {
    expect(() => subscribe({ groups: [] }, new AbortController().signal)).toThrow(TypeError);
  });
});
