// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { cidr, ifIndex, ROUTE_PROTOCOL } from "@strait/model";
import { Netlink, type NetlinkEvent } from "@strait/netlink";
import { inOwnNamespace, ip } from "@strait/netlink/testing";
import { isOwn, watchNode } from "./changes.ts";
import { ensureStraitDevice } from "./devices.ts";
import { News } from "./news.ts";

type Change = "present" | "gone";
const link = (name: string, change: Change, up = true) =>
  ({ kind: "link", change, link: { name, ifindex: ifIndex(7), flags: { up } } }) as NetlinkEvent;
const route = (protocol: number, change: Change) => ({ kind: "route", change, route: { protocol } }) as NetlinkEvent;

test.each<[string, NetlinkEvent, boolean]>([
  ["our device, set up by us", link("strait0", "present"), true],
  ["the cable's device too", link("strait1", "present"), true],
  ["our device, deleted", link("strait0", "gone"), false],
  ["our device, down", link("strait0", "present", false), false],
  ["another device", link("veth1", "present"), false],
  ["a route we made", route(ROUTE_PROTOCOL, "present"), true],
  ["a route of ours that is gone", route(ROUTE_PROTOCOL, "gone"), false],
  ["somebody's route", route(3, "present"), false],
  ["lost notifications", { kind: "resync", reason: "lost" }, false],
])("isOwn: %s", (_name, event, own) => {
  expect(isOwn(event)).toBe(own);
});

inOwnNamespace(import.meta.path, () => {
  test("watchNode yields when our device or a route of ours is deleted, not when we make them, and ends with the signal", async () => {
    using netlink = new Netlink();
    const { link: device } = ensureStraitDevice(netlink);
    const ended = new AbortController();
    const news = new News();
    const changes = watchNode(news, ended.signal);
    const next = changes.next();
    const settled = async () => {
      let done = false;
      next.then(() => {
        done = true;
      });
      for (let turn = 0; turn < 50 && !done; turn++) await new Promise((resolve) => setImmediate(resolve));
      return done;
    };
    expect(await settled()).toBe(false);
    netlink.replaceRoute({ destination: cidr("10.2.0.0/16"), ifindex: device.ifindex, protocol: ROUTE_PROTOCOL, priority: 83 });
    expect(await settled()).toBe(false);
    ip("route del 10.2.0.0/16 dev strait0");
    expect((await next).done).toBe(false);
    netlink.deleteLink("strait0");
    expect((await changes.next()).done).toBe(false);
    const last = (async () => {
      while (!(await changes.next()).done);
    })();
    ended.abort();
    await last;
  });
});
