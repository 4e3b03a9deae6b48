// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { address, cidr, ifIndex, mac, type Result } from "@strait/model";
import { attribute } from "./attributes.ts";
import { concat, wireAddress } from "./bytes.ts";
import { IFLA, IFLA_INFO, NDA } from "./constants.ts";
import { decodeFilter } from "./filter.ts";
import { decodeInterfaceAddress, encodeInterfaceAddress } from "./interface_address.ts";
import { decodeLink } from "./link.ts";
import { encodeIfinfo, encodeNewLink, type NetlinkLink } from "./link_request.ts";
import { decodeNeighbour, encodeFdbEntry, encodeNeighbour } from "./neighbour.ts";
import { decodeQdisc, encodeClsact } from "./qdisc.ts";
import { decodeRoute } from "./route.ts";
import { encodeRoute } from "./route_request.ts";
import { decodeRule, encodeRule } from "./rule.ts";

const eth = ifIndex(7);

function link(spec: NetlinkLink): Uint8Array {
  const [, ...attributes] = encodeNewLink(spec);
  return concat(encodeIfinfo(7, spec), ...attributes);
}

const samples: [string, (payload: Uint8Array) => Result<unknown>, Uint8Array][] = [
  [
    "decodeLink",
    decodeLink,
    link({ kind: "vxlan", name: "strait0", port: 4800, external: true, local: address("fd01::1"), mtu: 1450 }),
  ],
  [
    "decodeInterfaceAddress",
    decodeInterfaceAddress,
    concat(...encodeInterfaceAddress({ ifindex: eth, address: address("10.1.2.3"), prefixLength: 24 })),
  ],
  [
    "decodeRoute",
    decodeRoute,
    concat(
      ...encodeRoute({
        destination: cidr("fd02::/48"),
        hops: [{ ifindex: eth, via: address("fe80::1"), weight: 2 }, { ifindex: eth }],
        prefSource: address("fd01::1"),
        mtu: 1400,
      }),
    ),
  ],
  [
    "decodeNeighbour",
    decodeNeighbour,
    concat(...encodeNeighbour({ ifindex: eth, address: address("10.1.2.3"), mac: mac("02:00:00:00:00:01") })),
  ],
  [
    "decodeRule",
    decodeRule,
    concat(...encodeRule({ family: 6, priority: 100, source: cidr("fd01::/64"), table: 1000, mark: 5 })),
  ],
  ["decodeQdisc", decodeQdisc, concat(...encodeClsact(eth))],
  ["decodeFilter", decodeFilter, concat(...encodeClsact(eth))],
];

// A small generator with a fixed seed (mulberry32), so that a failure can be repeated.
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

describe.each(samples)("%s", (_, decode, payload) => {
  test("answers the whole message", () => {
    expect(decode(payload)).toMatchObject({ ok: true });
  });

  test("answers every truncation without throwing", () => {
    for (let length = 0; length < payload.length; length++) decode(payload.subarray(0, length));
    expect(decode(payload.subarray(0, 5)).ok).toBe(false);
  });

  test("answers garbage and every damaged byte without throwing", () => {
    const next = random(1);
    for (let round = 0; round < 2000; round++) {
      const garbage = Uint8Array.from({ length: next() % 200 }, () => next());
      decode(garbage);
      const damaged = payload.slice();
      damaged[next() % damaged.length] = next();
      decode(damaged);
    }
  });
});

describe("decodeLink", () => {
  test("a vxlan device's attributes come back", () => {
    const bytes = link({
      kind: "vxlan",
      name: "strait0",
      port: 4800,
      external: true,
      udp6ZeroChecksumRx: true,
      mac: mac("02:53:0a:00:00:01"),
      mtu: 1450,
      up: true,
    });
    expect(decodeLink(bytes)).toMatchObject({
      value: {
        ifindex: 7,
        name: "strait0",
        kind: "vxlan",
        mtu: 1450,
        mac: "02:53:0a:00:00:01",
        flags: { up: true, running: false },
        vxlan: { port: 4800, external: true, udp6ZeroChecksumRx: true, udp6ZeroChecksumTx: false, vni: 0 },
      },
    });
  });

  test("a peer in another namespace is told from one here", () => {
    const veth = (...more: Uint8Array[]) => decodeLink(concat(encodeIfinfo(7), attribute.string(IFLA.IFNAME, "v"), ...more));
    const info = attribute.nested(IFLA.LINKINFO, attribute.string(IFLA_INFO.KIND, "veth"));
    const here = veth(info, attribute.u32(IFLA.LINK, 8));
    expect(here.ok && here.value).toMatchObject({ kind: "veth", peer: 8 });
    expect(here.ok && "linkNetnsId" in here.value).toBe(false);
    expect(veth(info, attribute.u32(IFLA.LINK, 2), attribute.u32(IFLA.LINK_NETNSID, 0))).toMatchObject({
      value: { linkNetnsId: 0 },
    });
    const unknown = veth(info, attribute.u32(IFLA.LINK, 2), attribute.u32(IFLA.LINK_NETNSID, 0xffffffff));
    expect(unknown).toMatchObject({ value: { linkNetnsId: -1 } });
  });

  test("a link without a name is refused", () => {
    expect(decodeLink(encodeIfinfo(7))).toEqual({ ok: false, reason: "a link: it has no name" });
  });

  test("a link with index 0 is refused", () => {
    expect(decodeLink(concat(encodeIfinfo(0), attribute.string(IFLA.IFNAME, "v"))).ok).toBe(false);
  });
});

describe("encodeNewLink", () => {
  test.each(["", "a b", "a/b", "a:b", "sixteencharacter", ".", ".."])("the name %p is a TypeError", (name) => {
    expect(() => encodeNewLink({ kind: "bridge", name })).toThrow(TypeError);
  });
});

describe("decodeRoute", () => {
  test("the table beyond 255, the metrics and the gateway come back", () => {
    const bytes = encodeRoute({
      destination: cidr("10.2.0.0/16"),
      via: address("172.31.0.1"),
      ifindex: eth,
      table: 1000,
      protocol: 83,
      prefSource: address("10.1.0.1"),
      mtu: 1400,
      advertisedMss: 1360,
      priority: 5,
    });
    expect(decodeRoute(concat(...bytes))).toEqual({
      ok: true,
      value: {
        family: 4,
        destination: cidr("10.2.0.0/16"),
        table: 1000,
        protocol: 83,
        scope: "global",
        type: "unicast",
        priority: 5,
        hops: [{ ifindex: eth, via: address("172.31.0.1"), weight: 1, onlink: false }],
        prefSource: address("10.1.0.1"),
        mtu: 1400,
        advertisedMss: 1360,
        cloned: false,
      },
    });
  });

  test("an IPv4 route may have an IPv6 gateway, and several hops", () => {
    const hops = [
      { ifindex: eth, via: address("fe80::1"), onlink: true },
      { ifindex: ifIndex(8), weight: 256 },
    ];
    expect(decodeRoute(concat(...encodeRoute({ destination: cidr("0.0.0.0/0"), hops })))).toMatchObject({
      value: {
        destination: cidr("0.0.0.0/0"),
        hops: [
          { ifindex: 7, via: address("fe80::1"), weight: 1, onlink: true },
          { ifindex: 8, weight: 256 },
        ],
      },
    });
  });

  test("an IPv4 route on the link has link scope, a blackhole has no hops", () => {
    expect(decodeRoute(concat(...encodeRoute({ destination: cidr("10.0.0.0/8"), ifindex: eth })))).toMatchObject({
      value: { scope: "link" },
    });
    expect(decodeRoute(concat(...encodeRoute({ destination: cidr("10.0.0.0/8"), type: "blackhole" })))).toMatchObject({
      value: { type: "blackhole", hops: [], scope: "global" },
    });
  });

  test("a prefix length beyond the family's is refused", () => {
    const bytes = concat(...encodeRoute({ destination: cidr("10.0.0.0/8"), ifindex: eth }));
    bytes[1] = 33;
    expect(decodeRoute(bytes)).toEqual({ ok: false, reason: "a route: prefix length 33" });
  });

  test("an IPv4-mapped destination is refused", () => {
    const bytes = concat(...encodeRoute({ destination: cidr("fd01::/96"), ifindex: eth }));
    bytes.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 16);
    expect(decodeRoute(bytes)).toEqual({ ok: false, reason: "a route: an IPv4-mapped IPv6 address" });
  });
});

describe("encodeRoute", () => {
  test("a preferred source of the other family is a TypeError", () => {
    expect(() => encodeRoute({ destination: cidr("10.0.0.0/8"), prefSource: address("fd01::1") })).toThrow(TypeError);
  });
});

describe("decodeNeighbour", () => {
  test("an entry of a vxlan device's own table says where frames go", () => {
    const bytes = encodeFdbEntry({ ifindex: eth, mac: mac("02:00:00:00:00:01"), remote: address("172.31.0.2"), vni: 100 });
    expect(decodeNeighbour(concat(...bytes))).toMatchObject({
      value: { kind: "fdb", entry: { ifindex: 7, mac: "02:00:00:00:00:01", remote: address("172.31.0.2"), vni: 100 } },
    });
  });

  test("a table we do not read is passed over, not refused", () => {
    const bytes = concat(...encodeNeighbour({ ifindex: eth, address: address("10.1.2.3") }));
    bytes[0] = 12;
    expect(decodeNeighbour(bytes)).toEqual({ ok: true, value: { kind: "other" } });
  });

  test("an address of three bytes is refused", () => {
    const [head] = encodeNeighbour({ ifindex: eth, address: address("10.1.2.3") });
    const bytes = concat(head as Uint8Array, attribute.bytes(NDA.DST, wireAddress(address("10.1.2.3")).subarray(1)));
    expect(decodeNeighbour(bytes)).toEqual({ ok: false, reason: "a neighbour: an address of 3 bytes" });
  });
});

describe("decodeRule", () => {
  test("what was encoded comes back", () => {
    const rule = {
      family: 4,
      priority: 150,
      source: cidr("10.1.0.0/16"),
      destination: cidr("10.2.0.0/16"),
      inputInterface: "eth0",
      mark: 0xf0000000,
      markMask: 0xff000000,
      not: true,
      action: "table",
      table: 4000,
      protocol: 83,
      suppressPrefixLength: 0,
    } as const;
    expect(decodeRule(concat(...encodeRule(rule)))).toEqual({ ok: true, value: rule });
  });

  test("an action nobody knows is refused", () => {
    const bytes = concat(...encodeRule({ family: 4, priority: 1 }));
    bytes[7] = 99;
    expect(decodeRule(bytes).ok).toBe(false);
  });
});
