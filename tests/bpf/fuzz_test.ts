// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { type Count, type ReasonName, reasonNames } from "@strait/codec";
import { KernelError } from "@strait/ffi";
import { Random } from "@strait/model/testing";
import {
  buildPacket,
  describeIf,
  describePacket,
  eth,
  extension,
  fragment6,
  icmp,
  type Layer,
  payload,
  tcp,
  tcpOption,
  tcpOptions,
} from "@strait/testkit";
import { amount, patience } from "../support/slow.ts";
import { Bench, type ProgramName, unfit, verdicts } from "./support/bench.ts";
import { verdictOf } from "./support/expect.ts";
import { between, mixes, ports, tunnel } from "./support/packets.ts";
import { gateway, outer, worker } from "./support/scene.ts";

const programs: readonly ProgramName[] = ["from_pod", "from_host", "from_wire", "from_tunnel"];
const ROUNDS = amount(1500);

/** Packets that get far into the programs before a flipped bit stops them. */
const seeds: readonly Layer[][] = mixes.flatMap(([family, over]) => [
  [
    eth(),
    between("podOnW1", "podInWest", family),
    tcp({ sport: 1, dport: 2, flags: 2, options: tcpOptions(tcpOption.nop, tcpOption.mss(1460)) }),
  ],
  [eth(), between("podOnW1", "podInWest", 6), extension("hopByHop"), fragment6({ more: true }), ports(), payload(20)],
  [eth(), ...tunnel("gw1", "w1", over, { sport: 9 }), between("podInWest", "podOnW1", family), ports(), payload(9)],
  [eth(), ...tunnel("w1", "gw1", over, { sport: 9 }), between("podOnW1", "podInWest", family), icmp({ type: 8 })],
  [
    eth(),
    ...tunnel("west1", "gw1", over, { sport: 9 }),
    between("podInWest", "podOnW1", family),
    tcp({ sport: 1, dport: 2, flags: 18, options: tcpOptions(tcpOption.mss(1460)) }),
  ],
]);
const strangers: readonly Layer[][] = mixes.flatMap(([family, over]) => [
  [eth(), ...tunnel("stranger", "w1", over, { sport: 9 }), between("podInWest", "podOnW1", family), ports(), payload(9)],
  [
    eth(),
    ...tunnel("stranger", "gw1", over, { sport: 9, port: 4500, vni: 1000 }),
    between("podInWest", "podOnW1", family),
    ports(),
  ],
]);

const total = (counts: readonly Count[]): number => counts.reduce((sum, count) => sum + Number(count.packets), 0);

/** Flips up to eight bits, or cuts the end off, or writes a number that programs like to trip over. */
function spoil(random: Random, packet: Uint8Array, from = 0): Uint8Array {
  const bytes = packet.slice();
  const way = random.below(8);
  if (way === 0) return bytes.slice(0, 15 + random.below(bytes.length - 15));
  const at = (): number => from + random.below(bytes.length - from);
  if (way === 1) bytes[at()] = random.pick([0, 1, 0x7f, 0x80, 0xff, 0x45, 0x60]);
  else
    for (let i = 0; i <= random.below(8); i++) {
      const place = at();
      bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
    }
  return bytes;
}

describeIf(unfit)("the programs under fire", () => {
  const benches = [worker(4), worker(6), gateway(4), gateway(6)].map((rows) => new Bench(rows));
  afterAll(() => {
    for (const bench of benches) bench[Symbol.dispose]();
  });

  /** Runs a packet where the kernel takes it; false where BPF_PROG_TEST_RUN refuses it. */
  function fire(bench: Bench, program: ProgramName, data: Uint8Array): boolean {
    try {
      const verdict = bench.probe(program, data);
      if (!Object.values<number>(verdicts).includes(verdict))
        throw new Error(`${program} said ${verdict} to ${describePacket(data).join("\n")}`);
      return true;
    } catch (error) {
      if (error instanceof KernelError && error.errnoName === "EINVAL") return false;
      throw error;
    }
  }

  test.each(programs)(
    "strait_%s answers random bytes with a verdict and one count each",
    (program) => {
      const random = new Random(3);
      for (const bench of benches) {
        const before = total(bench.counters());
        let taken = 0;
        for (let i = 0; i < ROUNDS / 4; i++) {
          const data = Uint8Array.from({ length: 15 + random.below(300) }, () => random.below(256));
          if (random.below(4) > 0)
            data.set(
              random.pick([
                [0x08, 0x00, 0x45],
                [0x86, 0xdd, 0x60],
              ]),
              12,
            );
          if (fire(bench, program, data)) taken++;
        }
        expect(total(bench.counters()) - before).toBe(taken);
        expect(taken).toBeGreaterThan(ROUNDS / 8);
      }
    },
    patience(120_000),
  );

  test.each(programs)(
    "strait_%s answers spoiled packets with a verdict and one count each",
    (program) => {
      const random = new Random(4);
      const packets = seeds.map((layers) => buildPacket(layers));
      for (const bench of benches) {
        const before = total(bench.counters());
        let taken = 0;
        for (let i = 0; i < ROUNDS; i++) if (fire(bench, program, spoil(random, random.pick(packets)))) taken++;
        expect(total(bench.counters()) - before).toBe(taken);
        expect(taken).toBeGreaterThan(ROUNDS / 2);
      }
    },
    patience(120_000),
  );

  test(
    "strait_from_wire delivers and forwards nothing of a stranger, however it is spoiled",
    () => {
      const random = new Random(5);
      const known = new Set(
        Object.entries(outer).flatMap(([name, at]) => (name === "stranger" ? [] : Object.values<string>(at))),
      );
      const packets = strangers.map((layers) => buildPacket(layers));
      for (const bench of benches) {
        const before = bench.counters();
        for (let i = 0; i < ROUNDS; i++) {
          const data = spoil(random, random.pick(packets), 14);
          // A flipped bit may have made a peer of the stranger: that is another test.
          const source = describePacket(data)[1]?.match(/src=(\S+)/)?.[1];
          if (source !== undefined && !known.has(source)) fire(bench, "from_wire", data);
        }
        const counted: Partial<Record<ReasonName, number>> = {};
        for (const [i, { packets: after }] of bench.counters().entries()) {
          const more = Number(after - (before[i]?.packets ?? 0n));
          const name = reasonNames[i];
          if (name !== undefined && more > 0) counted[name] = more;
        }
        const moved = (Object.keys(counted) as ReasonName[]).filter((name) => verdictOf(name) === "redirect");
        expect(moved).toEqual([]);
        expect(counted.drop_unknown_peer).toBeGreaterThan(0);
      }
    },
    patience(120_000),
  );

  test(
    "strait_from_wire tells every verdict of spoiled packets by its reason",
    () => {
      const random = new Random(6);
      const packets = seeds.map((layers) => buildPacket(layers));
      for (const bench of benches) {
        for (let i = 0; i < ROUNDS / 4; i++) {
          const data = spoil(random, random.pick(packets), 14);
          if (!fire(bench, "from_wire", data)) continue;
          bench.settle();
          const { verdict, reasons } = bench.run("from_wire", data);
          const [reason, ...others] = Object.keys(reasons) as ReasonName[];
          expect([others, reason && verdictOf(reason)]).toEqual([[], verdict as never]);
        }
      }
    },
    patience(120_000),
  );
});
