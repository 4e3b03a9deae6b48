// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import type { ReasonName } from "@strait/codec";
import {
  buildPacket,
  describeIf,
  dissectPacket,
  eth,
  etherTypes,
  icmp,
  type Layer,
  payload,
  tcp,
  udp,
  vlan,
} from "@strait/testkit";
import { Bench, unfit } from "./support/bench.ts";
import { expectRun, runCut, sourcePort } from "./support/expect.ts";
import { between, families, mixes, ports, tunnel } from "./support/packets.ts";
import { hops, mtuOver, worker } from "./support/scene.ts";

describeIf(unfit)("strait_from_pod", () => {
  const benches = { 4: new Bench(worker(4)), 6: new Bench(worker(6)) };
  const bench = benches[4];
  afterAll(() => {
    for (const one of Object.values(benches)) one[Symbol.dispose]();
  });

  test.each(mixes)("sends IPv%d over IPv%d with exact headers, and counts it for the hop", (family, over) => {
    const body = [ports(), payload(100)];
    const before = benches[over].traffic(hops.gw1);
    const { data } = expectRun(benches[over], "from_pod", [eth(), between("podOnW1", "podInWest", family), ...body], {
      reason: "sent",
      out: [eth(), ...tunnel("w1", "gw1", over), between("podOnW1", "podInWest", family, { ttl: 63 }), ...body],
    });
    const { tx } = benches[over].traffic(hops.gw1);
    expect(tx.packets - before.tx.packets).toBe(1n);
    expect(tx.bytes - before.tx.bytes).toBe(BigInt((family === 4 ? 20 : 40) + 8 + 100));
    expect(sourcePort(data)).toBeGreaterThanOrEqual(49152);
  });

  const bodies: Record<string, (family: 4 | 6) => Layer[]> = {
    "an echo request": (family) => [icmp({ type: family === 4 ? 8 : 128, id: 7, seq: 1 }), payload(56)],
    "a packet too big message": (family) => [icmp({ type: family === 4 ? 3 : 2, code: family === 4 ? 4 : 0 }), payload(48)],
    "a TCP segment": () => [tcp({ sport: 1, dport: 80, flags: 0x18 }), payload(1000)],
    "a UDP packet without a checksum": () => [udp({ sport: 1, dport: 2, checksum: 0 }), payload(9)],
    "a UDP packet with a wrong checksum": () => [udp({ sport: 1, dport: 2, checksum: 0x1234 }), payload(9)],
    "a TCP segment with a wrong checksum": () => [tcp({ sport: 1, dport: 80, checksum: 0x1234 }), payload(9)],
    "a protocol without ports": () => [payload(40)],
    "a packet without payload": () => [],
  };
  test.each(Object.keys(bodies).flatMap((name) => families.map((family) => [name, family] as const)))(
    "sends %s of IPv%d as it is",
    (name, family) => {
      const body = bodies[name]?.(family) ?? [];
      expectRun(bench, "from_pod", [eth(), between("podOnW1", "podInWest", family), ...body], {
        reason: "sent",
        out: [eth(), ...tunnel("w1", "gw1", 4), between("podOnW1", "podInWest", family, { ttl: 63 }), ...body],
      });
    },
  );

  test("leaves a wrong IPv4 header checksum as wrong as it was", () => {
    const ip = between("podOnW1", "podInWest", 4);
    // One hop less changes the checksum by 0x0100, whatever it was (RFC 1624).
    const out = [eth(), ...tunnel("w1", "gw1", 4), { ...ip, ttl: 63, checksum: 0x1334 } as Layer, ports()];
    expectRun(bench, "from_pod", [eth(), { ...ip, checksum: 0x1234 } as Layer, ports()], { reason: "sent", out });
  });

  // Each bit of the sum is carried differently: a checksum that is right for one value may be wrong for the next.
  test("takes one hop off with a right checksum for every TTL and many headers", () => {
    for (let ttl = 2; ttl < 256; ttl++) {
      const ip = { ...between("podOnW1", "podInWest", 4, { ttl, tos: ttl }), id: ttl * 257 } as Layer;
      const out = [eth(), ...tunnel("w1", "gw1", 4, { tos: ttl & 3 }), { ...ip, ttl: ttl - 1 } as Layer, ports()];
      expectRun(bench, "from_pod", [eth(), ip, ports()], { reason: "sent", out });
    }
  });

  test.each(mixes)("copies the congestion mark of IPv%d to IPv%d, and not the DSCP", (family, over) => {
    for (const ecn of [0, 1, 2, 3]) {
      const tos = 0xb8 | ecn;
      expectRun(benches[over], "from_pod", [eth(), between("podOnW1", "podInWest", family, { tos }), ports()], {
        reason: "sent",
        out: [
          eth(),
          ...tunnel("w1", "gw1", over, { tos: ecn }),
          between("podOnW1", "podInWest", family, { ttl: 63, tos }),
          ports(),
        ],
      });
    }
  });

  const passed: [name: string, reason: ReasonName, packet: (family: 4 | 6) => Layer[]][] = [
    ["the last hop of a packet", "pass_ttl", (f) => [eth(), between("podOnW1", "podInWest", f, { ttl: 1 }), ports()]],
    ["a packet with no hop left", "pass_ttl", (f) => [eth(), between("podOnW1", "podInWest", f, { ttl: 0 }), ports()]],
    ["what goes to a pod of another node", "pass_local", (f) => [eth(), between("podOnW1", "podOnW2", f), ports()]],
    ["what goes to a pod of this node", "pass_local", (f) => [eth(), between("podOnW1", "hostOnW1", f), ports()]],
    ["what goes elsewhere", "pass_not_ours", (f) => [eth(), between("podOnW1", "elsewhere", f), ports()]],
    ["a spoofed source that goes elsewhere", "pass_not_ours", (f) => [eth(), between("podOnW2", "elsewhere", f), ports()]],
    ["a frame of a VLAN", "pass_not_ip", (f) => [eth(), vlan({ id: 7 }), between("podOnW1", "podInWest", f), ports()]],
    ["ARP", "pass_not_ip", () => [eth({ type: etherTypes.arp }), payload(28)]],
    ["an unknown EtherType", "pass_not_ip", () => [eth({ type: 0x88cc }), payload(60)]],
    [
      "an IP version that is not the EtherType's",
      "pass_not_ip",
      (f) => [eth(), { ...between("podOnW1", "podInWest", f), version: 5 } as Layer, ports()],
    ],
  ];
  test.each(passed.flatMap(([name, reason, packet]) => families.map((family) => [name, family, reason, packet] as const)))(
    "passes on %s (IPv%d)",
    (_name, family, reason, packet) => {
      expectRun(bench, "from_pod", packet(family), { reason });
    },
  );

  test.each(mixes)("sends an IPv%d packet that just fits over IPv%d, and leaves a larger one to the stack", (family, over) => {
    const body = mtuOver(over) - (family === 4 ? 20 : 40) - 8;
    const packet = (size: number): Layer[] => [eth(), between("podOnW1", "podInWest", family), ports(), payload(size)];
    expectRun(benches[over], "from_pod", packet(body), { reason: "sent" });
    expectRun(benches[over], "from_pod", packet(body + 1), { reason: "pass_too_big" });
  });

  test.each(mixes)("judges a GSO packet of IPv%d over IPv%d by its segments", (family, over) => {
    const gsoSize = mtuOver(over) - (family === 4 ? 20 : 40) - 20;
    const packet = [eth(), between("podOnW1", "podInWest", family), tcp({ sport: 1, dport: 80 }), payload(3000)];
    expectRun(benches[over], "from_pod", packet, { reason: "pass_too_big", gsoSize: gsoSize + 1, gsoSegs: 3 });
    // BPF_PROG_TEST_RUN sets no gso_type, and the kernel grows no GSO packet of an unknown type: the way up to there is what counts.
    expectRun(benches[over], "from_pod", packet, { reason: "drop_rewrite", gsoSize, gsoSegs: 3 });
  });

  test.each(families)("drops an IPv%d source that is not the pod's own", (family) => {
    for (const from of ["podOnW2", "hostOnW1", "podInNorth", "elsewhere"] as const) {
      expectRun(bench, "from_pod", [eth(), between(from, "podInWest", family), ports()], { reason: "drop_spoofed_pod" });
    }
  });

  test.each(families)("drops IPv%d for a cluster that has no lane", (family) => {
    expectRun(bench, "from_pod", [eth(), between("podOnW1", "podInNorth", family), ports()], { reason: "drop_no_lane" });
  });

  test.each(families)("reads no byte beyond an IPv%d packet that is cut off, wherever", (family) => {
    const header = family === 4 ? 20 : 40;
    for (const [body, size] of [
      [ports(), 8],
      [tcp({ sport: 1, dport: 2, flags: 2 }), 20],
      [icmp({ type: family === 4 ? 8 : 128 }), 8],
    ] as const) {
      const whole = buildPacket([eth(), between("podOnW1", "podInWest", family), body]);
      // BPF_PROG_TEST_RUN takes no frame without payload.
      for (let length = 15; length < whole.length; length++) {
        const outcome = runCut(bench, "from_pod", whole.slice(0, length));
        if (outcome === "refused") expect(length).toBeLessThan(14 + header);
        else if (length < 14 + header)
          expect([length, outcome.verdict, outcome.reasons]).toEqual([length, "pass", { pass_not_ip: 1 }]);
        else expect([length, outcome.verdict, outcome.reasons]).toEqual([length, "drop", { drop_truncated: 1 }]);
      }
      expect(whole.length).toBe(14 + header + size);
    }
  });

  test.each(families)("keeps the flows of IPv%d together and spreads them evenly over ports and gateways", (family) => {
    using spread = new Bench(worker(4));
    spread.put(
      "slots",
      Array.from({ length: 256 }, (_, slot) => ({ cluster: 1, slot, hop: slot < 128 ? hops.gw1 : hops.w2 })),
    );
    const seen = new Set<number>();
    const taken = { first: 0, odd: 0 };
    for (let i = 0; i < 1000; i++) {
      const packet = [eth(), between("podOnW1", "podInWest", family), ports(10000 + i, i % 2 === 0 ? 80 : 443)];
      const [one, two] = [spread.run("from_pod", packet), spread.run("from_pod", [...packet, payload(10)])];
      expect(sourcePort(two.data)).toBe(sourcePort(one.data));
      const [to, toToo] = [one, two].map(({ data }) => gatewayOf(data));
      expect(toToo).toBe(to);
      seen.add(sourcePort(one.data));
      if (to === "172.31.1.2") {
        taken.first++;
        if (sourcePort(one.data) % 2 === 1) taken.odd++;
      }
    }
    // 1000 flows on 16384 ports: 970 different ones are expected. The hash has no seed, so the figures are the same in every run.
    expect(seen.size).toBeGreaterThan(940);
    expect(taken.first).toBeWithin(440, 560);
    // The port, by which a gateway chooses the lane, says nothing about the gateway that was chosen.
    expect(taken.odd / taken.first).toBeWithin(0.42, 0.58);
  });
});

function gatewayOf(data: Uint8Array): string | undefined {
  const ip = dissectPacket(data)[1];
  return ip?.kind === "ip4" ? ip.dst : undefined;
}
