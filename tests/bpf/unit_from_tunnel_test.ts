// SPDX-License-Identifier: Apache-2.0
import { afterAll, describe, expect, test } from "bun:test";
import type { ReasonName } from "@strait/codec";
import { address, addressToBytes, type Family } from "@strait/model";
import { describeIf, eth, etherTypes, type Layer, payload, tcp, tcpOption, tcpOptions } from "@strait/testkit";
import { Bench, unfit } from "./support/bench.ts";
import { type Expected, expectRun } from "./support/expect.ts";
import { between, families, mixes, ports, tunnel } from "./support/packets.ts";
import { gateway, hops, inner, mtuOver, outer, type Place, worker } from "./support/scene.ts";

/** The index of a device that is not strait0: the test's packets come in on strait1, the cable's. */
const ELSEWHERE = 99;
const WEST = 1;

/** What the VXLAN device noted. */
interface Key {
  readonly from: string;
  readonly to: string;
  readonly vni: number;
}

const keyOf = (from: Place, to: Place, family: Family, vni: number): Key => ({
  from: outer[from][family],
  to: outer[to][family],
  vni,
});

function put(bench: Bench, { from, to, vni }: Key): void {
  const value = new Uint8Array(40);
  value.set(addressToBytes(address(from)), 0);
  value.set(addressToBytes(address(to)), 16);
  new DataView(value.buffer).setUint32(32, vni, true);
  new DataView(value.buffer).setUint32(36, address(from).family, true);
  bench.object.map("unit_keys").update(new Uint8Array(4), value);
}

function expectKeyed(bench: Bench, key: Key, packet: readonly Layer[], expected: Expected): void {
  put(bench, key);
  expectRun(bench, "keyed_from_tunnel", packet, expected);
}

describeIf(unfit)("strait_from_tunnel behind a VXLAN device", () => {
  const unit = "from_tunnel";
  const open = { 4: () => gateway(4), 6: () => gateway(6) };
  const workers = { 4: new Bench(worker(4), { unit }), 6: new Bench(worker(6), { unit }) };
  const nodeSide = { 4: new Bench(open[4](), { unit }), 6: new Bench(open[6](), { unit }) };
  const cableSide = {
    4: new Bench(open[4](), { unit, config: { strait0_ifindex: ELSEWHERE } }),
    6: new Bench(open[6](), { unit, config: { strait0_ifindex: ELSEWHERE } }),
  };
  for (const bench of Object.values(nodeSide)) {
    bench.put(
      "slots",
      Array.from({ length: 256 }, (_, slot) => ({ cluster: WEST, slot, hop: hops.west1 })),
    );
  }
  afterAll(() => {
    for (const side of [workers, nodeSide, cableSide]) for (const bench of Object.values(side)) bench[Symbol.dispose]();
  });

  test.each(mixes)("lets IPv%d that came over IPv%d from a gateway through to the stack", (family, over) => {
    const packet = [eth(), between("podInWest", "podOnW1", family), ports(), payload(50)];
    const before = workers[over].traffic(hops.gw1).rx;
    expectKeyed(workers[over], keyOf("gw1", "w1", over, 100), packet, { reason: "delivered_stack", out: packet });
    const { rx } = workers[over].traffic(hops.gw1);
    expect([rx.packets - before.packets, rx.bytes - before.bytes]).toEqual([1n, BigInt((family === 4 ? 20 : 40) + 58)]);
  });

  test.each(mixes)("lowers the MSS of IPv%d that came over IPv%d", (family, over) => {
    const packet = (size: number): Layer[] => [
      eth(),
      between("podInWest", "podOnW1", family),
      tcp({ sport: 1, dport: 2, flags: 2, options: tcpOptions(tcpOption.mss(size)) }),
    ];
    const out = packet(mtuOver(over) - (family === 4 ? 40 : 60));
    expectKeyed(workers[over], keyOf("gw1", "w1", over, 100), packet(1460), { reason: "delivered_stack", out });
  });

  test.each(mixes)("sends IPv%d that came over IPv%d on, out and in", (family, over) => {
    const outwards = [between("podOnW1", "podInWest", family), ports(), payload(50)];
    expectKeyed(nodeSide[over], keyOf("w1", "gw1", over, 100), [eth(), ...outwards], {
      reason: "transit_out",
      out: [eth(), ...tunnel("gw1", "west1", over), ...outwards],
    });
    const inwards = [between("podInWest", "podOnW1", family), ports(), payload(50)];
    expectKeyed(cableSide[over], keyOf("west1", "gw1", over, 1000), [eth(), ...inwards], {
      reason: "transit_in",
      out: [eth(), ...tunnel("gw1", "w1", over), ...inwards],
    });
  });

  test.each(mixes)("leaves IPv%d that is too big for the hop over IPv%d to the stack", (family, over) => {
    const packet = (size: number): Layer[] => [
      eth(),
      between("podOnW1", "podInWest", family),
      ports(),
      payload(mtuOver(over) - (family === 4 ? 28 : 48) + size),
    ];
    expectKeyed(nodeSide[over], keyOf("w1", "gw1", over, 100), packet(0), { reason: "transit_out" });
    expectKeyed(nodeSide[over], keyOf("w1", "gw1", over, 100), packet(1), { reason: "pass_too_big" });
  });

  describe("drops what the wire would not have let through", () => {
    const toPod = (f: Family): Layer[] => [eth(), between("podInWest", "podOnW1", f), ports()];
    const rows: [name: string, reason: ReasonName, from: Place, vni: number, packet: (family: Family) => Layer[]][] = [
      ["a stranger", "drop_unknown_peer", "stranger", 100, toPod],
      ["its own address", "drop_unknown_peer", "w1", 100, toPod],
      ["the wrong VNI", "drop_bad_vni", "gw1", 1000, toPod],
      ["a node that is no gateway", "drop_not_gateway", "w2", 100, toPod],
      ["a node that takes us for one", "drop_no_lane", "w2", 100, (f) => [eth(), between("podOnW2", "podInWest", f), ports()]],
      ["a packet to nobody", "drop_no_route", "gw1", 100, (f) => [eth(), between("podInWest", "elsewhere", f), ports()]],
      ["ARP", "drop_not_ip", "gw1", 100, () => [eth({ type: etherTypes.arp }), payload(28)]],
      [
        "a packet that is shorter than it says",
        "drop_truncated",
        "gw1",
        100,
        (f) => [eth(), between("podInWest", "podOnW1", f, { length: 90 }), ports()],
      ],
    ];
    test.each(rows.flatMap(([name, ...rest]) => mixes.map((mix) => [name, ...mix, ...rest] as const)))(
      "of %s (IPv%d over IPv%d): %s",
      (_name, family, over, reason, from, vni, packet) => {
        expectKeyed(workers[over], keyOf(from, "w1", over, vni), packet(family), { reason });
      },
    );

    test.each(families)("to an address of the node that is no tunnel's, as a masqueraded pod could send it (IPv%d)", (over) => {
      const key = { from: outer.gw1[over], to: inner.hostOnW1[over], vni: 100 };
      expectKeyed(workers[over], key, toPod(4), { reason: "drop_unknown_peer" });
    });

    test.each(mixes)("from a cable, with a source that is not the cluster's (IPv%d over IPv%d)", (family, over) => {
      for (const from of ["podOnW2", "podInNorth", "elsewhere"] as const) {
        const packet = [eth(), between(from, "podOnW1", family), ports()];
        expectKeyed(cableSide[over], keyOf("west1", "gw1", over, 1000), packet, { reason: "drop_spoofed_source" });
      }
    });
  });
});
