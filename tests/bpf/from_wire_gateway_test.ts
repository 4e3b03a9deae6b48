// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import type { ReasonName } from "@strait/codec";
import { type Family, INTRA_VNI, type InnerMtu } from "@strait/model";
import { ANY, describeIf, eth, type Layer, payload, tcp, tcpOption, tcpOptions } from "@strait/testkit";
import { Bench, popsMixed, unfit } from "./support/bench.ts";
import { expectRun } from "./support/expect.ts";
import { between, families, mixes, ports, tunnel } from "./support/packets.ts";
import { gateway, hops, hostMac, mtuOver, type Place, podMac } from "./support/scene.ts";

describeIf(unfit)("strait_from_wire on a gateway", () => {
  const benches = { 4: new Bench(gateway(4)), 6: new Bench(gateway(6)) };
  afterAll(() => {
    for (const bench of Object.values(benches)) bench[Symbol.dispose]();
  });
  const [even, odd] = [50000, 50001];

  /** The two ways through a gateway, each with the hop it counts and the peer it comes from. */
  const ways = [
    { name: "out", from: "w1", to: "west1", sport: even, ends: ["podOnW1", "podInWest"] },
    { name: "out", from: "w2", to: "west2", sport: odd, ends: ["podOnW2", "podInWest"] },
    { name: "in", from: "west1", to: "w1", sport: odd, ends: ["podInWest", "podOnW1"] },
    { name: "in", from: "west2", to: "w2", sport: even, ends: ["podInWest", "podOnW2"] },
  ] as const;
  const table = ways.flatMap((way) => mixes.map(([family, over]) => [way.name, way.from, way.to, family, over, way] as const));
  const reasonOf = { out: "transit_out", in: "transit_in" } as const;

  test.each(table)("rewrites what goes %s from %s to %s in place: IPv%d over IPv%d", (_name, _from, _to, family, over, way) => {
    const { from, to, sport, ends, name } = way;
    for (const ecn of [0, 1, 2, 3]) {
      const body = [between(ends[0], ends[1], family, { tos: 0x68 | ecn, ttl: 1 }), ports(), payload(100)];
      const before = [benches[over].traffic(hops[from]).rx, benches[over].traffic(hops[to]).tx] as const;
      // The DSCP of the underlay and the fields that RFC 7348 reserves are not carried on.
      const packet = [
        eth(),
        ...tunnel(from, "gw1", over, { sport, ttl: 3, tos: 0xb8 | ecn, vxlan: { reserved: 5, reservedToo: 6 } }),
        ...body,
      ];
      const out = [eth(), ...tunnel("gw1", to, over, { sport, tos: ecn }), ...body];
      expectRun(benches[over], "from_wire", packet, { reason: reasonOf[name], out });
      const after = [benches[over].traffic(hops[from]).rx, benches[over].traffic(hops[to]).tx] as const;
      for (const i of [0, 1] as const) {
        expect(after[i].packets - before[i].packets).toBe(1n);
        expect(after[i].bytes - before[i].bytes).toBe(BigInt((family === 4 ? 20 : 40) + 108));
      }
    }
  });

  test.each(table)("lowers the MSS %s from %s to %s: IPv%d over IPv%d", (_name, _from, _to, family, over, way) => {
    const { from, to, sport, ends, name } = way;
    const rest = (size: number): Layer[] => [
      between(ends[0], ends[1], family),
      tcp({ sport: 1, dport: 2, flags: 2, options: tcpOptions(tcpOption.nop, tcpOption.mss(size)) }),
    ];
    const fits = mtuOver(over) - (family === 4 ? 40 : 60);
    const packet = [eth(), ...tunnel(from, "gw1", over, { sport }), ...rest(1460)];
    expectRun(benches[over], "from_wire", packet, {
      reason: reasonOf[name],
      out: [eth(), ...tunnel("gw1", to, over, { sport }), ...rest(fits)],
    });
  });

  test.each(table)("leaves what is too big %s from %s to %s to the stack: IPv%d over IPv%d", (_n, _f, _t, family, over, way) => {
    const { from, sport, ends, name } = way;
    const packet = (size: number): Layer[] => {
      const header = family === 4 ? 20 : 40;
      const outer = tunnel(from, "gw1", over, { sport, ip4: { id: 9 } });
      return [eth(), ...outer, between(ends[0], ends[1], family), ports(), payload(size - header - 8)];
    };
    expectRun(benches[over], "from_wire", packet(mtuOver(over)), { reason: reasonOf[name] });
    expectRun(benches[over], "from_wire", packet(mtuOver(over) + 1), { reason: "pass_too_big" });
  });

  test.each(table)("takes a GSO packet whole %s from %s to %s: IPv%d over IPv%d", (_n, _f, _t, family, over, way) => {
    const { from, to, sport, ends, name } = way;
    const headers = (family === 4 ? 20 : 40) + 20;
    const gso = { gsoSize: mtuOver(over) - headers, gsoSegs: 2 };
    // BIG TCP: a length that 16 bits cannot hold is told as 0.
    const ip = (length?: number): Layer => between(ends[0], ends[1], family, length === undefined ? {} : { length });
    for (const big of [ip(), ip(0)]) {
      const body = [big, tcp({ sport: 1, dport: 2 }), payload(2 * gso.gsoSize)];
      const out = [eth(), ...tunnel("gw1", to, over, { sport }), ...body];
      const outer = tunnel(from, "gw1", over, { sport, ip4: { id: 9 } });
      const before = benches[over].traffic(hops[to]).tx.packets;
      expectRun(benches[over], "from_wire", [eth(), ...outer, ...body], { reason: reasonOf[name], out, ...gso });
      expect(benches[over].traffic(hops[to]).tx.packets - before).toBe(2n);
      expectRun(benches[over], "from_wire", [eth(), ...outer, ...body], {
        reason: "pass_too_big",
        ...gso,
        gsoSize: gso.gsoSize + 1,
      });
    }
  });

  test.each(mixes)("hands IPv%d over IPv%d from a cable to its own pods and its stack", (family, over) => {
    const body = (ttl: number): Layer[] => [between("podInWest", "podOnGw1", family, { ttl }), ports(), payload(40)];
    const packet = [eth(), ...tunnel("west1", "gw1", over, { sport: even, ip4: { id: 3 } }), ...body(64)];
    const out = [eth({ dst: podMac, src: hostMac }), ...body(63)];
    const can = family === over || popsMixed();
    expectRun(benches[over], "from_wire", packet, can ? { reason: "delivered_pod", out } : { reason: "pass_fallback" });
    // An address of the cluster that is no node's: a Service.
    const service = { ...between("podInWest", "podOnGw1", family), dst: family === 4 ? "10.1.200.1" : "fd01:0:0:ff::1" } as Layer;
    const toService = [eth(), ...tunnel("west1", "gw1", over, { sport: even, ip4: { id: 3 } }), service, ports()];
    expectRun(
      benches[over],
      "from_wire",
      toService,
      can ? { reason: "delivered_stack", out: [eth(), service, ports()] } : { reason: "pass_fallback" },
    );
  });

  const good = (f: Family): Layer[] => [between("podInWest", "podOnW1", f), ports()];
  const cable =
    (fields: Parameters<typeof tunnel>[3] = {}) =>
    (over: Family) =>
      tunnel("west1", "gw1", over, { sport: even, ip4: { id: 3 }, ...fields });
  const from = (place: Place) => (over: Family) =>
    tunnel(place, "gw1", over, { sport: even, port: 4500, vni: 1000, ip4: { id: 3 } });
  const rows: [name: string, reason: ReasonName, outer: (over: Family) => Layer[], inner: (family: Family) => Layer[]][] = [
    ["a source of the own cluster", "drop_spoofed_source", cable(), (f) => [between("podOnW2", "podOnW1", f), ports()]],
    ["a source of this very node", "drop_spoofed_source", cable(), (f) => [between("podOnGw1", "podOnW1", f), ports()]],
    ["a source of another cluster", "drop_spoofed_source", cable(), (f) => [between("podInNorth", "podOnW1", f), ports()]],
    ["a source of nobody", "drop_spoofed_source", cable(), (f) => [between("elsewhere", "podOnW1", f), ports()]],
    ["a destination in another cluster", "drop_no_route", cable(), (f) => [between("podInWest", "podInNorth", f), ports()]],
    ["a destination in its own cluster", "drop_no_route", cable(), (f) => [between("podInWest", "podInWest", f), ports()]],
    ["a destination of nobody", "drop_no_route", cable(), (f) => [between("podInWest", "elsewhere", f), ports()]],
    ["a worker on the cable port", "drop_unknown_peer", from("w1"), good],
    ["a stranger", "drop_unknown_peer", from("stranger"), good],
    ["a cable on the port between nodes", "drop_unknown_peer", cable({ port: 4800, vni: INTRA_VNI }), good],
    ["the VNI between nodes", "drop_bad_vni", cable({ vni: INTRA_VNI }), good],
    ["no VNI", "drop_bad_header", cable({ flags: 0 }), good],
    ["an outer checksum", "pass_fallback", cable({ checksum: 77 }), good],
  ];
  test.each(rows.flatMap(([name, reason, ...make]) => mixes.map((mix) => [name, ...mix, reason, make] as const)))(
    "of a cable: %s (IPv%d over IPv%d): %s",
    (_name, family, over, reason, [outer, body]) => {
      expectRun(benches[over], "from_wire", [eth(), ...outer(over), ...body(family)], { reason });
    },
  );

  test.each(mixes)("of a node: what has no lane, no way or no business here is dropped (IPv%d over IPv%d)", (family, over) => {
    const outer = tunnel("w1", "gw1", over, { sport: even });
    const drop = (to: Parameters<typeof between>[1], reason: ReasonName): void => {
      expectRun(benches[over], "from_wire", [eth(), ...outer, between("podOnW1", to, family), ports()], { reason });
    };
    drop("podInNorth", "drop_no_lane");
    drop("elsewhere", "drop_no_route");
    drop("podOnW2", "drop_no_route");
    drop("podOnGw1", "drop_not_gateway");
  });

  test.each(families)("leaves IPv%d packets for a hop over the other family to the VXLAN device", (family) => {
    const over = family === 4 ? 6 : 4;
    const [other] = (gateway(over).hops ?? []).filter((hop) => hop.index === hops.west1);
    using bench = new Bench(gateway(family));
    if (other) bench.put("hops", [other]);
    const packet = [
      eth(),
      ...tunnel("w1", "gw1", family, { sport: even, ip4: { id: 3 } }),
      between("podOnW1", "podInWest", family),
      ports(),
    ];
    expectRun(bench, "from_wire", packet, { reason: "pass_fallback" });
  });

  test.each(families)("keeps to the MTU of the lane that the flow takes (IPv%d)", (family) => {
    using bench = new Bench(gateway(family));
    const [narrow] = (gateway(family).hops ?? []).filter((hop) => hop.index === hops.west1);
    if (narrow) bench.put("hops", [{ ...narrow, mtu: 1280 as InnerMtu }]);
    const packet = (sport: number, size: number): Layer[] => {
      const outer = tunnel("w1", "gw1", family, { sport, ip4: { id: 3 } });
      return [eth(), ...outer, between("podOnW1", "podInWest", 4), ports(), payload(size - 28)];
    };
    expectRun(bench, "from_wire", packet(even, 1280), { reason: "transit_out" });
    expectRun(bench, "from_wire", packet(even, 1281), { reason: "pass_too_big" });
    expectRun(bench, "from_wire", packet(odd, 1281), { reason: "transit_out" });
  });

  test("gives every packet an IPv4 identification of its own", () => {
    const packet = [eth(), ...tunnel("w1", "gw1", 4, { sport: even }), between("podOnW1", "podInWest", 4), ports()];
    const out = [
      eth(),
      ...tunnel("gw1", "west1", 4, { sport: even, ip4: { id: ANY } }),
      between("podOnW1", "podInWest", 4),
      ports(),
    ];
    const ids = new Set<number>();
    for (let i = 0; i < 64; i++) {
      const { data } = expectRun(benches[4], "from_wire", packet, { reason: "transit_out", out });
      ids.add(((data[18] ?? 0) << 8) | (data[19] ?? 0));
    }
    // Random ones: 64 of 65536 coincide in a few hundred runs once more than twice.
    expect(ids.size).toBeGreaterThan(58);
  });
});
