// SPDX-License-Identifier: Apache-2.0
/** A node whose stack filters what it forwards: nothing of a pod goes past it, and what was refused before still is. */
import { afterAll, expect, test } from "bun:test";
import type { ReasonName } from "@strait/codec";
import { describeIf, eth, icmp, ip4, ip6, type Layer, payload, tcp, tcpOption, tcpOptions } from "@strait/testkit";
import { Bench, popsMixed, unfit } from "./support/bench.ts";
import { expectRun } from "./support/expect.ts";
import { between, families, mixes, ports, tunnel } from "./support/packets.ts";
import { gateway, hops, inner, mtuOver, outer, throughStack, worker } from "./support/scene.ts";

describeIf(unfit)("a node whose stack filters", () => {
  const direct = { 4: new Bench(worker(4)), 6: new Bench(worker(6)) };
  const benches = { 4: new Bench(throughStack(worker(4))), 6: new Bench(throughStack(worker(6))) };
  const gateways = { 4: new Bench(throughStack(gateway(4))), 6: new Bench(throughStack(gateway(6))) };
  afterAll(() => {
    for (const bench of [...Object.values(direct), ...Object.values(benches), ...Object.values(gateways)])
      bench[Symbol.dispose]();
  });
  const tcpOf = (size: number): Layer => tcp({ sport: 1, dport: 80, flags: 2, options: tcpOptions(tcpOption.mss(size)) });

  const untouched: [name: string, packet: (family: 4 | 6) => Layer[]][] = [
    ["a datagram", (f) => [eth(), between("podOnW1", "podInWest", f), ports(), payload(100)]],
    ["the last hop of one", (f) => [eth(), between("podOnW1", "podInWest", f, { ttl: 1 }), ports()]],
    ["one that is too large for the tunnel", (f) => [eth(), between("podOnW1", "podInWest", f), ports(), payload(3000)]],
    ["a SYN with a large MSS", (f) => [eth(), between("podOnW1", "podInWest", f), tcpOf(9000)]],
    ["an echo", (f) => [eth(), between("podOnW1", "podInWest", f), icmp({ type: f === 4 ? 8 : 128 }), payload(56)]],
  ];
  test.each(untouched.flatMap(([name, packet]) => families.map((family) => [name, family, packet] as const)))(
    "leaves %s of a pod to the stack as it is (IPv%d)",
    (_name, family, packet) => {
      expectRun(benches[4], "from_pod", packet(family), { reason: "pass_stack" });
    },
  );

  const refused: [name: string, reason: ReasonName, packet: (family: 4 | 6) => Layer[]][] = [
    ["a source that is not the pod's", "drop_spoofed_pod", (f) => [eth(), between("podOnW2", "podInWest", f), ports()]],
    ["a packet for a tunnel port of a node", "drop_tunnel_port", (f) => [eth(), toGateway(f), ports(1, 4800)]],
    // It would leave by the default route otherwise.
    ["what is for a cluster without a lane", "drop_no_lane", (f) => [eth(), between("podOnW1", "podInNorth", f), ports()]],
  ];
  const toGateway = (family: 4 | 6): Layer =>
    family === 4 ? ip4({ src: inner.podOnW1[4], dst: outer.gw1[4] }) : ip6({ src: inner.podOnW1[6], dst: outer.gw1[6] });
  test.each(refused.flatMap(([name, reason, packet]) => families.map((family) => [name, family, reason, packet] as const)))(
    "refuses %s as without a filter (IPv%d)",
    (_name, family, reason, packet) => {
      expectRun(direct[family], "from_pod", packet(family), { reason });
      expectRun(benches[family], "from_pod", packet(family), { reason });
    },
  );

  test("passes on what is for its own cluster or for nobody, as without a filter", () => {
    for (const [to, reason] of [
      ["podOnW2", "pass_local"],
      ["elsewhere", "pass_not_ours"],
    ] as const) {
      expectRun(benches[4], "from_pod", [eth(), between("podOnW1", to, 4), ports()], { reason });
    }
  });

  test.each(mixes)(
    "encapsulates IPv%d over IPv%d when the stack has led it on, with one hop less and not two",
    (family, over) => {
      const body = [ports(), payload(100)];
      expectRun(benches[over], "from_host", [eth(), between("podOnW1", "podInWest", family, { ttl: 63 }), ...body], {
        reason: "sent",
        out: [eth(), ...tunnel("w1", "gw1", over), between("podOnW1", "podInWest", family, { ttl: 63 }), ...body],
      });
    },
  );

  test.each(mixes)(
    "hands IPv%d over IPv%d for a pod to the stack, hop count as it came, and lowers the MSS once",
    (family, over) => {
      if (family !== over && !popsMixed()) return;
      const fits = mtuOver(over) - (family === 4 ? 40 : 60);
      const came = [between("podInWest", "podOnW1", family, { ttl: 64 }), tcpOf(9000)];
      const packet = [eth(), ...tunnel("gw1", "w1", over, { sport: 50000 }), ...came];
      const out = [eth(), between("podInWest", "podOnW1", family, { ttl: 64 }), tcpOf(fits)];
      expectRun(benches[over], "from_wire", packet, { reason: "delivered_stack", out });
    },
  );

  test.each(families)("goes on forwarding IPv%d of other nodes' pods without the stack, as a gateway", (family) => {
    const body = [between("podOnW1", "podInWest", family), ports()];
    const bench = gateways[family];
    const before = bench.traffic(hops.west1).tx.packets + bench.traffic(hops.west2).tx.packets;
    expectRun(bench, "from_wire", [eth(), ...tunnel("w1", "gw1", family, { sport: 50000 }), ...body], { reason: "transit_out" });
    expect(bench.traffic(hops.west1).tx.packets + bench.traffic(hops.west2).tx.packets).toBe(before + 1n);
  });

  test("changes its way at run time, by its rows alone", () => {
    const rows = worker(4);
    using bench = new Bench(rows);
    const packet = [eth(), between("podOnW1", "podInWest", 4), ports()];
    expectRun(bench, "from_pod", packet, { reason: "sent" });
    bench.put("sources", throughStack(rows).sources ?? []);
    expectRun(bench, "from_pod", packet, { reason: "pass_stack" });
    bench.put("sources", rows.sources ?? []);
    expectRun(bench, "from_pod", packet, { reason: "sent" });
  });
});
