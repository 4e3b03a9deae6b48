// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import type { ReasonName } from "@strait/codec";
import { describeIf, eth, icmp, ip6, type Layer, payload, tcp, tcpOption, tcpOptions } from "@strait/testkit";
import { Bench, popsMixed, unfit } from "./support/bench.ts";
import { expectRun } from "./support/expect.ts";
import { between, families, ipOf, mixes, ports, tunnel } from "./support/packets.ts";
import { hops, hostMac, inner, mtuOver, outer, type Place, type Pod, podMac, worker } from "./support/scene.ts";

describeIf(unfit)("strait_from_wire on a worker", () => {
  const benches = { 4: new Bench(worker(4)), 6: new Bench(worker(6)) };
  afterAll(() => {
    for (const bench of Object.values(benches)) bench[Symbol.dispose]();
  });
  const toPod = eth({ dst: podMac, src: hostMac });
  const sport = 50000;

  /** What a delivery comes to: a kernel that cannot take off the header of another family leaves it to the VXLAN device. */
  const delivery = (family: 4 | 6, over: 4 | 6, reason: ReasonName, out: Layer[]): { reason: ReasonName; out?: Layer[] } =>
    family === over || popsMixed() ? { reason, out } : { reason: "pass_fallback" };

  test.each(mixes)("hands IPv%d that came over IPv%d to the pod, and counts it for the gateway", (family, over) => {
    const body = [ports(), payload(100)];
    const before = benches[over].traffic(hops.gw1).rx;
    const packet = [eth(), ...tunnel("gw1", "w1", over, { sport }), between("podInWest", "podOnW1", family), ...body];
    const out = [toPod, between("podInWest", "podOnW1", family, { ttl: 63 }), ...body];
    expectRun(benches[over], "from_wire", packet, delivery(family, over, "delivered_pod", out));
    const { rx } = benches[over].traffic(hops.gw1);
    expect([rx.packets - before.packets, rx.bytes - before.bytes]).toEqual([1n, BigInt((family === 4 ? 20 : 40) + 108)]);
  });

  test.each(mixes)("hands IPv%d over IPv%d for another address of the node, or on its last hop, to the stack", (family, over) => {
    const rows = [
      { to: "hostOnW1", ttl: 64 },
      { to: "podOnW1", ttl: 1 },
      { to: "podOnW1", ttl: 0 },
    ] as const;
    for (const { to, ttl } of rows) {
      const rest = [between("podInWest", to, family, { ttl }), icmp({ type: family === 4 ? 8 : 128 }), payload(56)];
      const packet = [eth(), ...tunnel("gw1", "w1", over, { sport }), ...rest];
      expectRun(benches[over], "from_wire", packet, delivery(family, over, "delivered_stack", [eth(), ...rest]));
    }
  });

  // RFC 6040, figure 4: rows by the inner mark (Not-ECT, ECT(1), ECT(0), CE), columns by the outer one. "-" is a drop.
  const figure = { 0: [0, 0, 0, "-"], 1: [1, 1, 1, 3], 2: [2, 1, 2, 3], 3: [3, 3, 3, 3] } as const;
  const marks = ([0, 1, 2, 3] as const).flatMap((mark) =>
    ([0, 1, 2, 3] as const).map((over) => [mark, over, figure[mark][over]] as const),
  );
  test.each(marks)("makes of a packet marked %d that came in a header marked %d one marked %s", (mark, over, left) => {
    for (const [family, family2] of mixes) {
      const packet = (ecn: number, ttl: number): Layer[] => [
        between("podInWest", "podOnW1", family, { tos: 0xb8 | ecn, ttl }),
        ports(),
      ];
      const whole = [eth(), ...tunnel("gw1", "w1", family2, { sport, tos: 0x20 | over }), ...packet(mark, 64)];
      if (left !== "-") {
        expectRun(benches[family2], "from_wire", whole, delivery(family, family2, "delivered_pod", [toPod, ...packet(left, 63)]));
      } else if (family === family2 || popsMixed()) expectRun(benches[family2], "from_wire", whole, { reason: "drop_ecn" });
    }
  });

  test.each(mixes)("lowers the MSS of IPv%d that came over IPv%d to what fits on the way back", (family, over) => {
    const fits = mtuOver(over) - (family === 4 ? 40 : 60);
    const rest = (ttl: number, size: number): Layer[] => [
      between("podInWest", "podOnW1", family, { ttl }),
      tcp({ sport: 80, dport: 40000, flags: 0x12, options: tcpOptions(tcpOption.nop, tcpOption.mss(size)) }),
    ];
    const packet = [eth(), ...tunnel("gw1", "w1", over, { sport }), ...rest(64, 9000)];
    expectRun(benches[over], "from_wire", packet, delivery(family, over, "delivered_pod", [toPod, ...rest(63, fits)]));
  });

  const fromGateway = (fields: Parameters<typeof tunnel>[3] = {}): ((over: 4 | 6) => Layer[]) => {
    return (over) => tunnel("gw1", "w1", over, { sport, ...fields });
  };
  const good = (family: 4 | 6): Layer[] => [between("podInWest", "podOnW1", family), ports(), payload(40)];
  const rows: [name: string, reason: ReasonName, outer: (over: 4 | 6) => Layer[], inner: (family: 4 | 6) => Layer[]][] = [
    ["a stranger", "drop_unknown_peer", (over) => tunnel("stranger", "w1", over, { sport }), good],
    ["its own address", "drop_unknown_peer", (over) => tunnel("w1", "w1", over, { sport }), good],
    ["a node on the cable port", "drop_unknown_peer", fromGateway({ port: 4500, vni: 1000 }), good],
    ["the wrong network", "drop_bad_vni", fromGateway({ vni: 1000 }), good],
    ["network 0", "drop_bad_vni", fromGateway({ vni: 0 }), good],
    ["a header without a VNI", "drop_bad_header", fromGateway({ flags: 0 }), good],
    ["a node that is no gateway", "drop_not_gateway", (over) => tunnel("w2", "w1", over, { sport }), good],
    [
      "a node that takes us for a gateway",
      "drop_no_lane",
      (over) => tunnel("w2", "w1", over, { sport }),
      (f) => [between("podOnW2", "podInWest", f), ports()],
    ],
    ["a packet to another node's pod", "drop_no_route", fromGateway(), (f) => [between("podInWest", "podOnW2", f), ports()]],
    ["a packet to nobody", "drop_no_route", fromGateway(), (f) => [between("podInWest", "elsewhere", f), ports()]],
    ["ARP", "drop_not_ip", fromGateway({ inner: { type: 0x0806 } }), () => [payload(28)]],
    ["a frame of a VLAN", "drop_not_ip", fromGateway({ inner: { type: 0x8100 } }), () => [payload(64)]],
    ["garbage", "drop_bad_header", fromGateway(), (f) => [{ ...ipOf(good(f)), version: 9 } as Layer, payload(40)]],
    [
      "a packet that says it is longer",
      "drop_truncated",
      fromGateway(),
      (f) => [between("podInWest", "podOnW1", f, { length: 100 }), ports()],
    ],
    ["an outer UDP checksum", "pass_fallback", fromGateway({ checksum: 0x1234 }), good],
    ["another port", "pass_not_ours", fromGateway({ port: 4801 }), good],
    ["a stranger to a stranger", "pass_not_ours", (over) => tunnel("stranger", "west1", over, { sport, port: 4800 }), good],
    ["a peer to a stranger", "pass_not_ours", (over) => tunnel("gw1", "stranger", over, { sport }), good],
    [
      "what strangers send each other on our port",
      "pass_not_ours",
      (over) => tunnel("stranger", "west1", over, { sport, port: 4800, flags: 0 }),
      good,
    ],
    [
      "what strangers send each other on our port with a checksum",
      "pass_not_ours",
      (over) => tunnel("stranger", "gw1", over, { sport, port: 4500, checksum: 5 }),
      good,
    ],
  ];
  test.each(rows.flatMap(([name, reason, ...make]) => mixes.map((mix) => [name, ...mix, reason, make] as const)))(
    "of %s (IPv%d over IPv%d): %s",
    (_name, family, over, reason, [outer, body]) => {
      expectRun(benches[over], "from_wire", [eth(), ...outer(over), ...body(family)], { reason });
    },
  );

  // The maps hold IPv4 addresses in this form; a header that carries it must not pass for the IPv4 one.
  const mapped = (from: Place | Pod, to: Place | Pod): Layer => {
    const at: Readonly<Record<string, Record<4, string>>> = { ...outer, ...inner };
    return ip6({ src: `::ffff:${at[from]?.[4]}`, dst: `::ffff:${at[to]?.[4]}` });
  };

  test("takes no peer's word whose IPv4 address comes in an IPv6 header", () => {
    const [, ...rest] = tunnel("gw1", "w1", 4, { sport });
    expectRun(benches[4], "from_wire", [eth(), mapped("gw1", "w1"), ...rest, ...good(4)], { reason: "pass_not_ours" });
  });

  test("drops a packet within whose IPv6 header has IPv4 addresses", () => {
    const packet = [eth(), ...tunnel("gw1", "w1", 4, { sport }), mapped("podInWest", "podOnW1"), ports()];
    expectRun(benches[4], "from_wire", packet, { reason: "drop_bad_header" });
    expectRun(benches[4], "from_pod", [eth(), mapped("podOnW1", "podInWest"), ports()], { reason: "drop_bad_header" });
    expectRun(benches[4], "from_pod", [eth(), mapped("podOnW1", "gw1"), ports()], { reason: "drop_tunnel_port" });
  });

  test("passes on frames without IP", () => {
    expectRun(benches[4], "from_wire", [eth({ type: 0x0806 }), payload(28)], { reason: "pass_not_ip" });
    expectRun(benches[4], "from_wire", [eth({ type: 0x88cc }), payload(200)], { reason: "pass_not_ip" });
  });

  test.each(families)("passes on IPv%d that is no tunnel's", (family) => {
    for (const body of [[tcp({ sport: 1, dport: 4800 })], [icmp({ type: 8 })], [payload(50)]]) {
      const [ip] = tunnel("gw1", "w1", family);
      expectRun(benches[family], "from_wire", [eth(), { ...ip, id: 1 } as Layer, ...body], { reason: "pass_not_ours" });
    }
  });
});
