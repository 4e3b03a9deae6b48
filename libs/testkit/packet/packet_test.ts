// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import * as k from "./mod.ts";

const four = { src: "10.1.1.5", dst: "10.2.0.9" };
const six = { src: "fd01:0:0:1::5", dst: "fd02::9" };

describe("buildPacket", () => {
  test("writes a header as the wire has it", () => {
    const header = k.ip4({ src: "192.168.0.1", dst: "192.168.0.199", dontFragment: true, length: 115, protocol: 17 });
    expect(k.buildPacket([header]).toHex()).toBe("4500007300004000" + "4011b861" + "c0a80001c0a800c7");
  });

  test("fills lengths and types of what follows", () => {
    const bytes = k.buildPacket([k.eth(), k.ip4(four), k.udp({ sport: 1, dport: 2 }), k.payload(10)]);
    expect(bytes.subarray(12, 14).toHex()).toBe("0800");
    expect(bytes.subarray(16, 18).toHex()).toBe("0026");
    expect(bytes[23]).toBe(17);
    expect(bytes.subarray(38, 40).toHex()).toBe("0012");
  });

  test.each([
    ["UDP", 4, k.udp({ sport: 1, dport: 2 })],
    ["UDP", 6, k.udp({ sport: 1, dport: 2 })],
    ["TCP", 4, k.tcp({ sport: 1, dport: 2, options: k.tcpOptions(k.tcpOption.nop, k.tcpOption.mss(1460)) })],
    ["TCP", 6, k.tcp({ sport: 1, dport: 2 })],
    ["ICMPv6", 6, k.icmp({ type: 128, id: 7 })],
  ] as const)("gives %s over IPv%d a checksum that sums up to nothing", (_name, family, layer) => {
    const ip = family === 4 ? k.ip4(four) : k.ip6(six);
    const bytes = k.buildPacket([layer, k.payload(33)]);
    const whole = k.buildPacket([ip, layer, k.payload(33)]).slice(-bytes.length);
    const number = { udp: k.protocols.udp, tcp: k.protocols.tcp, icmp: k.protocols.icmp6 }[layer.kind];
    expect(k.transportChecksum(ip, number, whole)).toBe(0);
  });

  test("writes what it is told, right or wrong", () => {
    const bytes = k.buildPacket([k.ip4({ ...four, length: 9, checksum: 0xbad, version: 7 })]);
    expect([bytes[0], bytes[3], bytes[10], bytes[11]]).toEqual([0x75, 9, 0x0b, 0xad]);
  });
});

const packets: Record<string, readonly k.Layer[]> = {
  "a TCP segment": [k.eth(), k.ip4({ ...four, id: 7, tos: 3 }), k.tcp({ sport: 1, dport: 2, flags: 2 }), k.payload(5)],
  "a tagged echo": [k.eth(), k.vlan({ id: 9, priority: 5 }), k.ip4(four), k.icmp({ type: 8, id: 1, seq: 2 }), k.payload(8)],
  "IPv6 with extension headers": [
    k.eth(),
    k.ip6({ ...six, tos: 0xb8, flow: 0xabcde }),
    k.extension("hopByHop"),
    k.extension("destination", { words: 2 }),
    k.fragment6({ more: true, id: 0xdeadbeef }),
    k.udp({ sport: 1, dport: 2 }),
    k.payload(16),
  ],
  "a tunnelled packet": [
    k.eth(),
    k.ip6(six),
    k.udp({ sport: 50000, dport: 4800, checksum: 0 }),
    k.vxlan({ vni: 100 }),
    k.eth(),
    k.ip4(four),
    k.udp({ sport: 1, dport: 2 }),
  ],
  "a later fragment": [k.eth(), k.ip4({ ...four, offset: 100, protocol: 17 }), k.payload(24)],
  "IPv4 addresses in an IPv6 header": [k.eth(), k.ip6({ src: "::ffff:10.1.1.5", dst: "::ffff:10.2.0.9" }), k.payload(9)],
  "an ARP frame": [k.eth({ type: k.etherTypes.arp }), k.payload(28)],
};

describe("dissectPacket", () => {
  test.each(Object.keys(packets))("finds the layers of %s, and they build the same bytes", (name) => {
    const layers = packets[name] ?? [];
    const bytes = k.buildPacket(layers);
    const found = k.dissectPacket(bytes);
    expect(found.map(({ kind }) => kind)).toEqual(layers.map(({ kind }) => kind));
    expect(k.buildPacket(found)).toEqual(bytes);
  });

  test.each(Object.keys(packets))("loses no byte of %s, wherever it is cut off", (name) => {
    const bytes = k.buildPacket(packets[name] ?? []);
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.slice(0, length);
      expect(k.buildPacket(k.dissectPacket(cut))).toEqual(cut);
    }
  });
});

describe("comparePacket", () => {
  const outer = (id: number | typeof k.ANY, sport: number | typeof k.ANY): k.Layer[] => [
    k.eth(),
    k.ip4({ ...four, id }),
    k.udp({ sport, dport: 9 }),
    k.payload(4),
  ];

  test("accepts anything where a field is open, and the checksums that follow from it", () => {
    expect(k.comparePacket(k.buildPacket(outer(77, 50000)), outer(k.ANY, k.ANY))).toBeUndefined();
  });

  test("names the layer that differs", () => {
    const said = k.comparePacket(k.buildPacket(outer(77, 50000)), outer(k.ANY, 50001));
    expect(said).toContain("is      udp sport=50000");
    expect(said).toContain("expected udp sport=50001");
    expect(said).not.toContain("ip4");
  });

  test.each(Object.keys(packets))("sees a flipped bit anywhere in %s", (name) => {
    const layers = packets[name] ?? [];
    const bytes = k.buildPacket(layers);
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(k.comparePacket(flipped, layers)).toBeString();
    }
  });

  test("sees a checksum that does not fit the open field", () => {
    const wrong = k.buildPacket([k.eth(), k.ip4({ ...four, id: 77, checksum: 1 }), k.udp({ sport: 1, dport: 9 }), k.payload(4)]);
    expect(k.comparePacket(wrong, outer(k.ANY, 1))).toContain("checksum=0x1 (right: 0x");
  });
});

test("tcpOptions pads to whole words and refuses more than a header holds", () => {
  expect(k.tcpOptions(k.tcpOption.nop, k.tcpOption.mss(1460)).toHex()).toBe("01020405b4000000");
  expect(() => k.tcpOptions(k.tcpOption.other(254, 39))).toThrow(RangeError);
});
