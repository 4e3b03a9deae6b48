// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { BpfObject } from "@strait/ffi";
import { address, addressToBytes } from "@strait/model";
import { Random } from "@strait/model/testing";
import { buildPacket, describeIf, eth, fragment6, icmp, ip4, ip6, type Layer, payload, tcp, udp } from "@strait/testkit";
import { unfit, verdicts } from "./support/bench.ts";

const PASS = verdicts.pass;

function open(unit: string): BpfObject {
  const object = BpfObject.open(`build/bpf/unit/${unit}.o`);
  object.load();
  return object;
}

describeIf(unfit)("csum_replace", () => {
  const object = open("checksum");
  afterAll(() => object.close());
  const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset);

  function replaced(check: number, before: number, after: number): number {
    const data = new Uint8Array(40);
    for (const [i, word] of [check, before, after].entries()) view(data).setUint16(14 + 2 * i, word);
    const result = object.program("unit_csum_replace").testRun({ data });
    expect(result.verdict).toBe(PASS);
    return view(result.data).getUint16(14);
  }

  /** The checksum of words that add up to this sum. */
  const checkOf = (words: readonly number[]): number => {
    let sum = words.reduce((a, b) => a + b, 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
    return ~sum & 0xffff;
  };

  // RFC 1624, section 4: equation 2 gives ffff there, equation 3 the right 0.
  test("gives the example of RFC 1624", () => {
    expect(replaced(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  test("gives what a new sum over all words gives, at every corner", () => {
    const random = new Random(7);
    const corners = [0, 1, 0x7fff, 0x8000, 0xfffe, 0xffff];
    const word = (): number => (random.below(2) === 0 ? random.pick(corners) : random.below(0x10000));
    for (let i = 0; i < 2000; i++) {
      // One word that is not zero, as the version of every IP header is: only a sum of nothing but zeros has two forms.
      const [first, before, after] = [1 + random.below(0xffff), word(), word()];
      expect([first, before, after, replaced(checkOf([first, before]), before, after)]).toEqual([
        first,
        before,
        after,
        checkOf([first, after]),
      ]);
    }
  });
});

describeIf(unfit)("flow_hash", () => {
  const object = open("flow_hash");
  afterAll(() => object.close());

  function hashOf(...layers: Layer[]): number {
    const result = object.program("unit_flow_hash").testRun({ data: buildPacket([eth(), ...layers]) });
    expect(result.verdict).toBe(PASS);
    return new DataView(result.data.buffer).getUint32(0, true);
  }

  /** The hash once more, written from its description. */
  function expected(src: string, dst: string, protocol: number, ports?: readonly [number, number]): number {
    const words = (text: string): number[] => [...new Uint32Array(addressToBytes(address(text)).buffer)];
    const [from, to] = [words(src), words(dst)];
    let h = protocol;
    for (const i of [0, 1, 2, 3]) {
      h = Math.imul(h ^ (from[i] ?? 0), 0x9e3779b1);
      h = ((h << 13) | (h >>> 19)) ^ (to[i] ?? 0);
    }
    if (ports) h = Math.imul(h, 0x9e3779b1) ^ ((ports[0] << 16) | ports[1]);
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }

  const four = { src: "10.1.1.5", dst: "10.2.0.9" };
  const six = { src: "fd01:0:0:1::5", dst: "fd02::9" };

  test("is the same number on every node, today and after an upgrade", () => {
    expect(hashOf(ip4(four), udp({ sport: 40000, dport: 53 }))).toBe(expected(four.src, four.dst, 17, [40000, 53]));
    expect(hashOf(ip6(six), tcp({ sport: 40000, dport: 443 }))).toBe(expected(six.src, six.dst, 6, [40000, 443]));
    expect(hashOf(ip4(four), icmp({ type: 8, id: 77, seq: 1 }))).toBe(expected(four.src, four.dst, 1, [77, 77]));
    expect(hashOf(ip6(six), icmp({ type: 128, id: 77, seq: 2 }))).toBe(expected(six.src, six.dst, 58, [77, 77]));
    expect(hashOf(ip4({ ...four, protocol: 47 }), payload(20))).toBe(expected(four.src, four.dst, 47, [0, 0]));
  });

  test("is one for all fragments of a packet", () => {
    const first = hashOf(ip4({ ...four, moreFragments: true }), udp({ sport: 40000, dport: 53 }), payload(16));
    expect(first).toBe(expected(four.src, four.dst, 17));
    expect(hashOf(ip4({ ...four, offset: 3, protocol: 17 }), payload(24))).toBe(first);
    const first6 = hashOf(ip6(six), fragment6({ more: true }), udp({ sport: 40000, dport: 53 }), payload(16));
    expect(first6).toBe(expected(six.src, six.dst, 17));
    expect(hashOf(ip6(six), fragment6({ offset: 3, next: 17 }), payload(24))).toBe(first6);
  });

  test("does not mix up the two directions, protocols or ports of a pair", () => {
    const all = [
      hashOf(ip4(four), udp({ sport: 1, dport: 2 })),
      hashOf(ip4(four), udp({ sport: 2, dport: 1 })),
      hashOf(ip4(four), tcp({ sport: 1, dport: 2 })),
      hashOf(ip4({ src: four.dst, dst: four.src }), udp({ sport: 2, dport: 1 })),
      hashOf(ip4({ src: four.dst, dst: four.src }), udp({ sport: 1, dport: 2 })),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
