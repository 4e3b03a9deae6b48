// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { Random } from "@strait/model/testing";
import { describeIf, eth, extension, type Layer, payload, tcp, tcpOption, tcpOptions } from "@strait/testkit";
import { Bench, unfit } from "./support/bench.ts";
import { expectRun } from "./support/expect.ts";
import { between, mixes, tunnel } from "./support/packets.ts";

import { mtuOver, worker } from "./support/scene.ts";

const { end, nop, mss, windowScale, sackPermitted, timestamps, other } = tcpOption;
const SYN = 0x02;
const SYN_ACK = 0x12;

describeIf(unfit)("strait_from_pod and the MSS", () => {
  const benches = { 4: new Bench(worker(4)), 6: new Bench(worker(6)) };
  afterAll(() => {
    for (const bench of Object.values(benches)) bench[Symbol.dispose]();
  });

  /** Sends a segment; the options with which it must arrive. All checksums must be right. */
  function expectOptions(before: Uint8Array, after: Uint8Array, { flags = SYN, seq = 7 } = {}): void {
    // A SYN may carry data (RFC 7413): no option is to be found in there.
    const segment = (options: Uint8Array): Layer[] => [
      tcp({ sport: 40000, dport: 80, seq, flags, options }),
      payload([0xff, 0xff]),
    ];
    expectRun(benches[4], "from_pod", [eth(), between("podOnW1", "podInWest", 4), ...segment(before)], {
      reason: "sent",
      out: [eth(), ...tunnel("w1", "gw1", 4), between("podOnW1", "podInWest", 4, { ttl: 63 }), ...segment(after)],
    });
  }

  test.each(mixes)("lowers it on IPv%d over IPv%d to what fits", (family, over) => {
    const fits = mtuOver(over) - (family === 4 ? 20 : 40) - 20;
    for (const flags of [SYN, SYN_ACK]) {
      const segment = (size: number): Layer[] => [tcp({ sport: 40000, dport: 80, flags, options: tcpOptions(mss(size)) })];
      expectRun(benches[over], "from_pod", [eth(), between("podOnW1", "podInWest", family), ...segment(8960)], {
        reason: "sent",
        out: [eth(), ...tunnel("w1", "gw1", over), between("podOnW1", "podInWest", family, { ttl: 63 }), ...segment(fits)],
      });
    }
  });

  const fits = mtuOver(4) - 40;
  const same = (...options: (readonly number[])[]): [Uint8Array, Uint8Array] => [tcpOptions(...options), tcpOptions(...options)];
  const lowered = (make: (size: number) => (readonly number[])[]): [Uint8Array, Uint8Array] => [
    tcpOptions(...make(1460)),
    tcpOptions(...make(fits)),
  ];
  const rows: [name: string, options: [before: Uint8Array, after: Uint8Array]][] = [
    ["lowers it behind one byte", lowered((size) => [nop, mss(size)])],
    ["lowers it behind two bytes", lowered((size) => [nop, nop, mss(size)])],
    ["lowers it behind three bytes", lowered((size) => [windowScale(7), mss(size)])],
    ["lowers it behind other options", lowered((size) => [sackPermitted, timestamps(77), mss(size), nop, windowScale(9)])],
    ["lowers it at the very end of the header", lowered((size) => [other(254, 34), mss(size)])],
    ["leaves what fits exactly", same(mss(fits))],
    ["leaves what is one smaller", same(mss(fits - 1))],
    ["leaves what is smaller", same(mss(536))],
    ["lowers what is one too large", [tcpOptions(mss(fits + 1)), tcpOptions(mss(fits))]],
    ["leaves a SYN without options", same()],
    ["leaves a SYN without the option", same(sackPermitted, timestamps(1), windowScale(7))],
    ["leaves bytes behind the end of the options", same([...end, 2], mss(1460))],
    ["leaves an option of the wrong length", same([2, 3, 0xff, 0xff])],
    ["leaves what stands behind an option of one byte", same([8, 1], mss(1460))],
    ["leaves what stands behind an option of no length", same([8, 0], mss(1460))],
    ["leaves what stands behind an option longer than the header", same([8, 40], mss(1460))],
    ["leaves an option that reaches beyond the header", same(nop, nop, nop, nop, nop, [2, 4, 0xff])],
  ];
  test.each(rows)("%s", (_name, [before, after]) => {
    expectOptions(before, after);
  });

  test.each([
    ["ACK", 0x10],
    ["PSH-ACK", 0x18],
    ["FIN-ACK", 0x11],
    ["RST", 0x04],
  ] as const)("leaves a segment with %s alone", (_name, flags) => {
    expectOptions(tcpOptions(mss(1460)), tcpOptions(mss(1460)), { flags });
  });

  test("keeps the checksum right for every place, size and sum", () => {
    const random = new Random(1);
    for (let i = 0; i < 400; i++) {
      const before = random.pick([[], [nop], [nop, nop], [windowScale(random.below(15))], [timestamps(random.below(2 ** 32))]]);
      const size = random.below(65536);
      const options = (value: number): Uint8Array => tcpOptions(...before, mss(value), sackPermitted);
      expectOptions(options(size), options(Math.min(size, fits)), { seq: random.below(2 ** 32) });
    }
  });

  test("lowers it behind IPv4 options and IPv6 extension headers", () => {
    const four = (ttl: number, size: number): Layer[] => [
      { ...between("podOnW1", "podInWest", 4, { ttl }), options: Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0) } as Layer,
      tcp({ sport: 1, dport: 80, flags: SYN, options: tcpOptions(mss(size)) }),
    ];
    const six = (ttl: number, size: number): Layer[] => [
      between("podOnW1", "podInWest", 6, { ttl }),
      extension("hopByHop"),
      extension("destination", { words: 1 }),
      tcp({ sport: 1, dport: 80, flags: SYN, options: tcpOptions(nop, mss(size)) }),
    ];
    for (const [make, fit] of [
      [four, mtuOver(4) - 40],
      [six, mtuOver(4) - 60],
    ] as const) {
      const out = [eth(), ...tunnel("w1", "gw1", 4), ...make(63, fit)];
      expectRun(benches[4], "from_pod", [eth(), ...make(64, 1460)], { reason: "sent", out });
    }
  });

  test("leaves a header that says it is longer than the packet", () => {
    const lying = tcp({ sport: 1, dport: 80, flags: SYN, words: 15, options: tcpOptions(nop, nop, nop, nop) });
    const out = [eth(), ...tunnel("w1", "gw1", 4), between("podOnW1", "podInWest", 4, { ttl: 63 }), lying];
    const outcome = expectRun(benches[4], "from_pod", [eth(), between("podOnW1", "podInWest", 4), lying], {
      reason: "sent",
      out,
    });
    expect(outcome.verdict).toBe("redirect");
  });
});
