// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import type { ReasonName } from "@strait/codec";
import {
  buildPacket,
  describeIf,
  eth,
  extension,
  fragment6,
  icmp,
  type Layer,
  payload,
  protocols,
  tcp,
  vlan,
} from "@strait/testkit";
import { Bench, unfit } from "./support/bench.ts";
import { expectRun, runCut, verdictOf } from "./support/expect.ts";
import { between, families, ipOf, mixes, ports, tunnel } from "./support/packets.ts";
import { gateway } from "./support/scene.ts";

describeIf(unfit)("strait_from_wire and the shape of a packet", () => {
  const benches = { 4: new Bench(gateway(4)), 6: new Bench(gateway(6)) };
  afterAll(() => {
    for (const bench of Object.values(benches)) bench[Symbol.dispose]();
  });
  const sport = 50000;
  const body = [between("podOnW1", "podInWest", 4), ports(), payload(40)];
  const outer = (over: 4 | 6, fields: object = {}): Layer[] => {
    const [ip, ...rest] = tunnel("w1", "gw1", over, { sport, ip4: { id: 7 } });
    return [{ ...ip, ...fields } as Layer, ...rest];
  };
  /** The outer headers with others between IP and UDP. */
  const behind = (...layers: Layer[]): Layer[] => {
    const [ip, ...rest] = outer(6);
    return [ip as Layer, ...layers, ...rest];
  };

  const rows: [name: string, reason: ReasonName, packet: Layer[]][] = [
    ["the first fragment of IPv4", "pass_fallback", [...outer(4, { moreFragments: true }), ...body]],
    ["a later fragment of IPv4", "pass_not_ours", [outer(4, { offset: 90, protocol: protocols.udp })[0] as Layer, payload(99)]],
    ["the first fragment of IPv6", "pass_fallback", [...behind(fragment6({ more: true })), ...body]],
    ["a later fragment of IPv6", "pass_not_ours", [...behind(fragment6({ offset: 90, next: protocols.udp })), ...body]],
    ["an atomic fragment", "pass_fallback", [...behind(fragment6({})), ...body]],
    ["IPv4 options", "pass_fallback", [...outer(4, { options: new Uint8Array(8) }), ...body]],
    ["an extension header", "pass_fallback", [...behind(extension("destination")), ...body]],
    [
      "more extension headers than are walked",
      "pass_not_ours",
      [...behind(...new Array(5).fill(extension("destination"))), ...body],
    ],
    [
      "a length of UDP that is shorter than the packet",
      "transit_out",
      [...outer(4).map((l) => (l.kind === "udp" ? { ...l, length: 9 } : l)), ...body],
    ],
    ["bytes behind the end", "transit_out", [...outer(4, { length: 20 + 30 + 20 + 8 + 40 }), ...body, payload(20)]],
  ];
  test.each(rows)("%s: %s", (_name, reason, packet) => {
    expectRun(benches[ipOf(packet).kind === "ip4" ? 4 : 6], "from_wire", [eth(), ...packet], { reason });
  });

  test.each(families)("a tag of a VLAN before IPv%d is not ours to read", (family) => {
    expectRun(benches[family], "from_wire", [eth(), vlan({ id: 5 }), ...outer(family), ...body], { reason: "pass_not_ip" });
  });

  const bodies = {
    UDP: ports(),
    TCP: tcp({ sport: 1, dport: 2, flags: 2 }),
    ICMP: icmp({ type: 8 }),
  } as const;
  const table = mixes.flatMap((mix) => (Object.keys(bodies) as (keyof typeof bodies)[]).map((name) => [name, ...mix] as const));
  test.each(table)("%s over IPv%d over IPv%d, cut off at any byte, is never read beyond its end", (name, family, over) => {
    const headers = buildPacket([eth(), ...outer(over), between("podOnW1", "podInWest", family)]).length;
    const whole = buildPacket([eth(), ...outer(over), between("podOnW1", "podInWest", family), bodies[name]]);
    const udpEnd = 14 + (over === 4 ? 20 : 40) + 8;
    const tunnelEnd = udpEnd + 8 + 14;
    expect(headers).toBe(tunnelEnd + (family === 4 ? 20 : 40));
    for (let length = 15; length < whole.length; length++) {
      const outcome = runCut(benches[over], "from_wire", whole.slice(0, length));
      const reason: ReasonName = length < udpEnd - 8 ? "pass_not_ip" : length < udpEnd ? "pass_not_ours" : "drop_truncated";
      if (outcome === "refused") expect(length).toBeLessThan(udpEnd - 8);
      else expect([length, outcome.reasons, outcome.verdict]).toEqual([length, { [reason]: 1 }, verdictOf(reason)]);
    }
  });

  test.each(mixes)("an inner IPv%d over IPv%d that is shorter than it says is dropped, a longer one taken", (family, over) => {
    const size = (family === 4 ? 20 : 40) + 8 + 40;
    const said = (length: number): Layer[] => [
      ...outer(over),
      between("podOnW1", "podInWest", family, { length: family === 4 ? length : length - 40 }),
      ports(),
      payload(40),
    ];
    expectRun(benches[over], "from_wire", [eth(), ...said(size + 1)], { reason: "drop_truncated" });
    expectRun(benches[over], "from_wire", [eth(), ...said(size)], { reason: "transit_out" });
    expectRun(benches[over], "from_wire", [eth(), ...said(size - 1)], { reason: "transit_out" });
  });
});
