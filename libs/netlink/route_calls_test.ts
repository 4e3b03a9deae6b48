// SPDX-License-Identifier: Apache-2.0
import { beforeAll, expect, test } from "bun:test";
import { address, cidr, formatAddress, formatCidr, type IfIndex } from "@strait/model";
import { Netlink } from "./netlink.ts";
import { RT_TABLE, RTPROT } from "./route_names.ts";
import type { NewRoute } from "./route_request.ts";
import { inOwnNamespace, ip, ipJson } from "./testing/own_namespace.ts";

const OURS = 83;

inOwnNamespace(import.meta.path, () => {
  const netlink = new Netlink();
  const index = (name: string): IfIndex => netlink.linkByName(name)?.ifindex as IfIndex;

  beforeAll(() => {
    ip("link set lo up");
    ip("link add st0 type veth peer name st1");
    ip("link add st2 type veth peer name st3");
    for (const name of ["st0", "st1", "st2", "st3"]) ip(`link set ${name} up`);
    ip("address add 10.1.0.1/24 dev st0");
    ip("address add fd01::1/64 dev st0 nodad");
    ip("address add 10.5.0.1/24 dev st2");
    ip("address add fd05::1/64 dev st2 nodad");
  });

  function fromIp(family: 4 | 6): unknown[] {
    return ipJson(`-${family}`, "-N", "route", "show", "table", "all").map((route) => {
      const dst = route["dst"] === "default" ? (family === 4 ? "0.0.0.0/0" : "::/0") : String(route["dst"]);
      return {
        destination: dst.includes("/") ? dst : `${dst}/${family === 4 ? 32 : 128}`,
        table: Number(route["table"] ?? 254),
        protocol: Number(route["protocol"]),
        priority: Number(route["metric"] ?? 0),
        prefSource: route["prefsrc"],
        dev: route["dev"],
      };
    });
  }

  test("routes() lists every table's routes as `ip route` does", () => {
    ip("route add 10.6.0.0/16 via 10.1.0.9 table 1000 proto 83 mtu 1400 advmss 1360 metric 7");
    ip("-6 route add fd06::/48 via fd01::9 table 1000 proto 83 mtu 1400 src fd01::1");
    ip("route add blackhole 10.7.0.0/16");
    const names = new Map(netlink.links().map((link) => [link.ifindex, link.name]));
    for (const family of [4, 6] as const) {
      const seen = netlink.routes({ family }).map((route) => ({
        destination: formatCidr(route.destination),
        table: route.table,
        protocol: route.protocol,
        priority: route.priority,
        prefSource: route.prefSource && formatAddress(route.prefSource),
        dev: route.hops[0]?.ifindex && names.get(route.hops[0].ifindex),
      }));
      const key = (value: unknown) => JSON.stringify(value);
      expect(seen.map(key).toSorted()).toEqual(fromIp(family).map(key).toSorted());
    }
    expect(netlink.routes({ table: 1000 })).toMatchObject([
      { destination: cidr("10.6.0.0/16"), mtu: 1400, advertisedMss: 1360, priority: 7, hops: [{ via: address("10.1.0.9") }] },
      { destination: cidr("fd06::/48"), mtu: 1400, prefSource: address("fd01::1"), hops: [{ via: address("fd01::9") }] },
    ]);
  });

  test("routes() filters by table, protocol and family; a table that is not there is empty", () => {
    expect(netlink.routes({ table: 4242 })).toEqual([]);
    expect(netlink.routes({ protocol: 200 })).toEqual([]);
    const local = netlink.routes({ table: RT_TABLE.LOCAL, family: 4 });
    expect(local.length).toBeGreaterThan(0);
    expect(local.every((route) => route.table === RT_TABLE.LOCAL && route.family === 4)).toBe(true);
  });

  const routes: [string, () => NewRoute, Record<string, unknown>][] = [
    [
      "IPv4 on a device",
      () => ({ destination: cidr("10.20.0.0/16"), ifindex: index("st0"), prefSource: address("10.1.0.1"), mtu: 1400 }),
      { dev: "st0", scope: "link", prefsrc: "10.1.0.1", metrics: [{ mtu: 1400 }] },
    ],
    [
      "IPv4 by a router",
      () => ({ destination: cidr("10.21.0.0/16"), via: address("10.1.0.9"), advertisedMss: 1200, priority: 9 }),
      { gateway: "10.1.0.9", dev: "st0", metric: 9, metrics: [{ advmss: 1200 }] },
    ],
    [
      "IPv6 on a device",
      () => ({ destination: cidr("fd20::/48"), ifindex: index("st0"), mtu: 1400 }),
      { dev: "st0", metric: 1024, metrics: [{ mtu: 1400 }] },
    ],
    [
      "IPv6 by a router",
      () => ({ destination: cidr("fd21::/48"), via: address("fd01::9"), prefSource: address("fd01::1") }),
      { gateway: "fd01::9", prefsrc: "fd01::1" },
    ],
    [
      "IPv4 by an IPv6 router",
      () => ({ destination: cidr("10.22.0.0/16"), via: address("fd01::9"), ifindex: index("st0") }),
      { via: { family: "inet6", host: "fd01::9" } },
    ],
    [
      "a router off the link",
      () => ({ destination: cidr("10.23.0.0/16"), via: address("99.0.0.1"), ifindex: index("st0"), onlink: true }),
      { gateway: "99.0.0.1", flags: ["onlink"] },
    ],
    ["the default route", () => ({ destination: cidr("0.0.0.0/0"), via: address("10.1.0.9") }), { dst: "default" }],
    [
      "a table beyond 255",
      () => ({ destination: cidr("10.24.0.0/16"), ifindex: index("st0"), table: 100_000 }),
      { table: "100000" },
    ],
    ["an unreachable prefix", () => ({ destination: cidr("10.25.0.0/16"), type: "unreachable" }), { type: "unreachable" }],
    [
      "several ways",
      () => ({
        destination: cidr("10.26.0.0/16"),
        hops: [{ via: address("10.1.0.9"), weight: 3 }, { via: address("10.5.0.9") }],
      }),
      {
        nexthops: [
          { gateway: "10.1.0.9", weight: 3 },
          { gateway: "10.5.0.9", weight: 1 },
        ],
      },
    ],
    [
      "several IPv6 ways",
      () => ({ destination: cidr("fd26::/48"), hops: [{ via: address("fd01::9") }, { via: address("fd05::9") }] }),
      { nexthops: [{ gateway: "fd01::9" }, { gateway: "fd05::9" }] },
    ],
  ];

  test.each(routes)("replaceRoute makes %s as ip shows it, deleteRoute takes it away", (_, make, expected) => {
    const route = { ...make(), protocol: OURS };
    netlink.replaceRoute(route);
    netlink.replaceRoute(route);
    const shown = formatCidr(route.destination);
    const family = route.destination.address.family;
    expect(ipJson(`-${family}`, "route", "show", shown, "proto", "83", "table", "all")).toMatchObject([expected]);
    const listed = netlink.routes({ protocol: OURS, family }).filter((one) => formatCidr(one.destination) === shown);
    expect(listed).toHaveLength(1);
    expect(() => netlink.addRoute(route)).toThrow(`cannot add route ${shown}: EEXIST`);
    const key = { destination: route.destination, protocol: OURS, table: route.table ?? RT_TABLE.MAIN };
    expect(netlink.deleteRoute({ ...key, protocol: RTPROT.DHCP })).toBe(false);
    expect(netlink.deleteRoute(key)).toBe(true);
    expect(netlink.deleteRoute(key)).toBe(false);
  });

  test("replaceRoute changes the metrics of the route that is there", () => {
    for (const destination of [cidr("10.30.0.0/16"), cidr("fd30::/48")]) {
      netlink.replaceRoute({ destination, ifindex: index("st0"), mtu: 1400, protocol: OURS });
      netlink.replaceRoute({ destination, ifindex: index("st2"), mtu: 1300, protocol: OURS });
      const found = netlink
        .routes({ protocol: OURS })
        .filter((route) => formatCidr(route.destination) === formatCidr(destination));
      expect(found).toMatchObject([{ mtu: 1300, hops: [{ ifindex: index("st2") }] }]);
    }
  });

  test("getRoute answers with router, device, source and MTU", () => {
    netlink.replaceRoute({ destination: cidr("10.40.0.0/16"), via: address("10.1.0.9"), mtu: 1333 });
    netlink.replaceRoute({ destination: cidr("fd40::/48"), via: address("fd01::9"), mtu: 1333 });
    const st0 = index("st0");
    expect(netlink.getRoute(address("10.40.1.2"))).toEqual({
      via: address("10.1.0.9"),
      ifindex: st0,
      source: address("10.1.0.1"),
      mtu: 1333,
      local: false,
    });
    expect(netlink.getRoute(address("fd40::2"))).toEqual({
      via: address("fd01::9"),
      ifindex: st0,
      source: address("fd01::1"),
      mtu: 1333,
      local: false,
    });
    expect(netlink.getRoute(address("10.1.0.7"))).toEqual({ ifindex: st0, source: address("10.1.0.1"), local: false });
    expect(netlink.getRoute(address("fd01::7"))).toEqual({ ifindex: st0, source: address("fd01::1"), local: false });
    expect(netlink.getRoute(address("10.1.0.1"))).toMatchObject({ ifindex: index("lo"), local: true });
    expect(netlink.getRoute(address("fd01::1"))).toMatchObject({ local: true });
  });

  test.each(["unreachable", "blackhole", "prohibit", "throw"] as const)(
    "getRoute finds no path where the route is %s",
    (type) => {
      for (const [text, destination] of [
        ["10.50.0.1", cidr("10.50.0.0/16")],
        ["fd50::1", cidr("fd50::/48")],
      ] as const) {
        netlink.replaceRoute({ destination, type });
        expect(netlink.getRoute(address(text))).toBeUndefined();
        netlink.deleteRoute({ destination, type });
        expect(netlink.getRoute(address(text))).toBeUndefined();
      }
    },
  );

  test("getRoute heeds the source, the device and the mark it is asked with", () => {
    netlink.replaceRoute({ destination: cidr("10.60.0.0/16"), ifindex: index("st2"), table: 60 });
    netlink.addRule({ family: 4, priority: 60, table: 60, mark: 6 });
    expect(netlink.getRoute(address("10.60.0.1"))).toBeUndefined();
    expect(netlink.getRoute(address("10.60.0.1"), { mark: 6 })).toMatchObject({
      ifindex: index("st2"),
      source: address("10.5.0.1"),
    });
    expect(netlink.getRoute(address("10.1.0.7"), { source: address("10.5.0.1") })).toMatchObject({ ifindex: index("st0") });
    expect(netlink.getRoute(address("10.1.0.7"), { ifindex: index("st2") })).toMatchObject({ ifindex: index("st2") });
  });

  test("a refused route is a KernelError with the kernel's words", () => {
    expect(() => netlink.replaceRoute({ destination: cidr("10.70.0.0/16"), via: address("99.9.9.9") })).toThrow(
      "cannot replace route 10.70.0.0/16: ENETUNREACH (Nexthop has invalid gateway)",
    );
  });

  test("a record our types cannot hold is left out and told", () => {
    ip("-6 route add ::ffff:0:0/96 dev st0");
    const told: string[] = [];
    using other = new Netlink({ unreadable: (reason) => void told.push(reason) });
    expect(other.routes({ family: 6 }).length).toBeGreaterThan(0);
    expect(told).toEqual(["a route: an IPv4-mapped IPv6 address"]);
  });

  test("a large table is listed whole", () => {
    const count = 3000;
    for (let i = 0; i < count; i++)
      netlink.addRoute({ destination: cidr(`11.${i >> 8}.${i & 255}.0/24`), type: "blackhole", protocol: OURS, table: 900 });
    expect(new Set(netlink.routes({ table: 900 }).map((route) => formatCidr(route.destination))).size).toBe(count);
  });
});
