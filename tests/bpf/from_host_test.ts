// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import type { ReasonName } from "@strait/codec";
import {
  buildPacket,
  describeIf,
  eth,
  etherTypes,
  fragment6,
  ip4,
  type Layer,
  payload,
  tcp,
  tcpOption,
  tcpOptions,
  udp,
} from "@strait/testkit";
import { Bench, unfit } from "./support/bench.ts";
import { expectRun, runCut } from "./support/expect.ts";
import { between, families, mixes, ports, tunnel } from "./support/packets.ts";
import { hops, mtuOver, outer, worker } from "./support/scene.ts";

describeIf(unfit)("strait_from_host", () => {
  const benches = { 4: new Bench(worker(4)), 6: new Bench(worker(6)) };
  afterAll(() => {
    for (const bench of Object.values(benches)) bench[Symbol.dispose]();
  });

  test.each(mixes)("sends IPv%d over IPv%d with exact headers and takes no hop off: the stack has", (family, over) => {
    for (const ttl of [64, 2, 1]) {
      const body = [between("hostOnW1", "podInWest", family, { ttl, tos: 0x12 }), ports(), payload(100)];
      const before = benches[over].traffic(hops.gw1).tx;
      expectRun(benches[over], "from_host", [eth(), ...body], {
        reason: "sent",
        out: [eth(), ...tunnel("w1", "gw1", over, { tos: 2 }), ...body],
      });
      const { tx } = benches[over].traffic(hops.gw1);
      expect([tx.packets - before.packets, tx.bytes - before.bytes]).toEqual([1n, BigInt((family === 4 ? 20 : 40) + 108)]);
    }
  });

  test.each(mixes)("sends an IPv%d packet that just fits over IPv%d, and drops a larger one", (family, over) => {
    const packet = (size: number): Layer[] => [
      eth(),
      between("hostOnW1", "podInWest", family),
      ports(),
      payload(mtuOver(over) - (family === 4 ? 20 : 40) - 8 + size),
    ];
    expectRun(benches[over], "from_host", packet(0), { reason: "sent" });
    // The route over strait0 has the MTU: what is larger was made by somebody who does not keep to it.
    expectRun(benches[over], "from_host", packet(1), { reason: "drop_too_big" });
  });

  test.each(mixes)("lowers the MSS of IPv%d over IPv%d", (family, over) => {
    const rest = (size: number): Layer[] => [
      between("hostOnW1", "podInWest", family),
      tcp({ sport: 1, dport: 2, flags: 2, options: tcpOptions(tcpOption.nop, tcpOption.nop, tcpOption.mss(size)) }),
    ];
    const out = [eth(), ...tunnel("w1", "gw1", over), ...rest(mtuOver(over) - (family === 4 ? 40 : 60))];
    expectRun(benches[over], "from_host", [eth(), ...rest(65495)], { reason: "sent", out });
  });

  const rows: [name: string, reason: ReasonName, packet: (family: 4 | 6) => Layer[]][] = [
    ["a pod of another node", "pass_local", (f) => [between("hostOnW1", "podOnW2", f), ports()]],
    ["a pod of its own", "pass_local", (f) => [between("hostOnW1", "podOnW1", f), ports()]],
    ["elsewhere", "pass_not_ours", (f) => [between("hostOnW1", "elsewhere", f), ports()]],
    ["a cluster without a lane", "drop_no_lane", (f) => [between("hostOnW1", "podInNorth", f), ports()]],
  ];
  test.each(rows.flatMap(([name, reason, packet]) => families.map((family) => [name, family, reason, packet] as const)))(
    "to %s over IPv%d: %s",
    (_name, family, reason, packet) => {
      expectRun(benches[4], "from_host", [eth(), ...packet(family)], { reason });
    },
  );

  test("lets its own tunnels and frames without IP pass", () => {
    const packet = [
      eth(),
      ip4({ src: outer.w1[4], dst: outer.gw1[4] }),
      udp({ sport: 50000, dport: 4800, checksum: 0 }),
      payload(80),
    ];
    expectRun(benches[4], "from_host", packet, { reason: "pass_not_ours" });
    expectRun(benches[4], "from_host", [eth({ type: etherTypes.arp }), payload(28)], { reason: "pass_not_ip" });
  });

  test("sends fragments", () => {
    const first = [between("hostOnW1", "podInWest", 6), fragment6({ more: true }), ports(), payload(64)];
    const later = [between("hostOnW1", "podInWest", 6), fragment6({ offset: 9, next: 17 }), payload(64)];
    for (const body of [first, later]) {
      expectRun(benches[4], "from_host", [eth(), ...body], { reason: "sent", out: [eth(), ...tunnel("w1", "gw1", 4), ...body] });
    }
  });

  test.each(families)("reads no byte beyond an IPv%d packet that is cut off, wherever", (family) => {
    const whole = buildPacket([eth(), between("hostOnW1", "podInWest", family), tcp({ sport: 1, dport: 2, flags: 2 })]);
    for (let length = 15; length < whole.length; length++) {
      const outcome = runCut(benches[4], "from_host", whole.slice(0, length));
      const cut = length < 14 + (family === 4 ? 20 : 40);
      if (outcome === "refused") expect(cut).toBeTrue();
      else expect([length, outcome.reasons]).toEqual([length, cut ? { pass_not_ip: 1 } : { drop_truncated: 1 }]);
    }
  });
});
