// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { address, cidr, type InnerMtu, ROUTE_PROTOCOL, type RouteRow } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { inOwnNamespace, ip, ipJson } from "@strait/netlink/testing";
import { type Changes, noChanges } from "./map_sync.ts";
import { removeRoutes, writeRoutes } from "./routes.ts";
import { type OwnLink, ownLink } from "./testing/ground.ts";

inOwnNamespace(import.meta.path, () => {
  let netlink: Netlink;
  let link: OwnLink;
  beforeEach(() => {
    netlink = new Netlink();
    link = ownLink(netlink);
  });
  afterEach(() => {
    netlink.deleteLink(link.ifindex);
    netlink.close();
  });

  const row = (to: string, mtu = 1400, source?: string): RouteRow => ({
    destination: cidr(to),
    ifindex: link.ifindex,
    mtu: mtu as InnerMtu,
    ...(source !== undefined && { source: address(source) }),
  });
  const pass = (rows: readonly RouteRow[]): Changes => {
    const changes = noChanges();
    writeRoutes(netlink, rows, changes);
    removeRoutes(netlink, rows, changes);
    return changes;
  };
  const nothing = { writes: {}, removes: {}, failures: [] };
  const shown = (family: "-4" | "-6", to: string) =>
    ipJson(family, "route", "show", to).map(({ dev, metric, protocol }) => ({ dev, metric, protocol }));

  test("routes are written once, changed where they differ, and removed when nobody wants them", () => {
    ip(`address add 10.1.1.1/32 dev ${link.name}`);
    const rows = [row("10.2.0.0/16", 1400, "10.1.1.1"), row("fd02::/48")];
    expect(pass(rows)).toEqual({ ...nothing, writes: { routes: 2 } });
    expect(pass(rows)).toEqual(nothing);
    expect(ipJson("-4", "route", "show", "10.2.0.0/16")).toMatchObject([
      { dev: link.name, metric: 83, protocol: "83", prefsrc: "10.1.1.1", metrics: [{ mtu: 1400 }] },
    ]);
    expect(pass([row("10.2.0.0/16", 1300, "10.1.1.1"), row("fd02::/48")])).toEqual({ ...nothing, writes: { routes: 1 } });
    expect(pass([row("10.2.0.0/16", 1300), row("fd02::/48")])).toEqual({ ...nothing, writes: { routes: 1 } });
    expect(pass([row("fd02::/48")])).toEqual({ ...nothing, removes: { routes: 1 } });
    expect(pass([])).toEqual({ ...nothing, removes: { routes: 1 } });
    expect(netlink.routes({ protocol: ROUTE_PROTOCOL })).toEqual([]);
  });

  test.each(["-4", "-6"] as const)("a route of somebody else to the same subnet is never touched (ip %s)", (family) => {
    const to = family === "-4" ? "10.2.0.0/16" : "fd02::/48";
    const theirs = family === "-4" ? ["5", "200"] : ["5", "1024"];
    for (const metric of theirs) ip(`${family} route add ${to} dev ${link.name} metric ${metric} proto 186`);
    const before = shown(family, to);
    expect(pass([row(to)])).toEqual({ ...nothing, writes: { routes: 1 } });
    expect(shown(family, to)).toHaveLength(before.length + 1);
    expect(pass([row(to, 1300)])).toEqual({ ...nothing, writes: { routes: 1 } });
    expect(pass([])).toEqual({ ...nothing, removes: { routes: 1 } });
    expect(shown(family, to)).toEqual(before);
  });

  test.each(["-4", "-6"] as const)(
    "a route of somebody else with our very metric stays, and ours is a failure (ip %s)",
    (family) => {
      const [to, other] = family === "-4" ? ["10.2.0.0/16", "10.3.0.0/16"] : ["fd02::/48", "fd03::/48"];
      ip(`${family} route add ${to} dev ${link.name} metric 83 proto 186`);
      const before = shown(family, to);
      const changes = pass([row(to), row(other)]);
      expect(changes.failures).toEqual([{ object: `route ${to}`, reason: expect.stringContaining("somebody else's route") }]);
      expect(changes.writes).toEqual({ routes: 1 });
      expect(shown(family, to)).toEqual(before);
      pass([]);
      expect(shown(family, to)).toEqual(before);
    },
  );

  test("a route of ours with another metric, of an older version, goes", () => {
    ip(`route add 10.2.0.0/16 dev ${link.name} metric 84 proto ${ROUTE_PROTOCOL}`);
    expect(pass([row("10.2.0.0/16")])).toEqual({ ...nothing, writes: { routes: 1 }, removes: { routes: 1 } });
    expect(shown("-4", "10.2.0.0/16").map(({ metric }) => metric)).toEqual([83]);
  });
});
