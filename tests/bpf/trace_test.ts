// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { decodeTraceEvent, encodeControl, encodeU32, type TraceEvent } from "@strait/codec";
import { RingBuffer } from "@strait/ffi";
import { address } from "@strait/model";
import { describeIf, eth, type Layer, payload, tcp } from "@strait/testkit";
import { Bench, unfit } from "./support/bench.ts";
import { between, ports, tunnel } from "./support/packets.ts";
import { DEVICE, gateway, inner } from "./support/scene.ts";

const sent = [eth(), between("podOnGw1", "podInWest", 4), ports(40000, 53), payload(10)];
const transit = [
  eth(),
  ...tunnel("west1", "gw1", 4, { sport: 50000 }),
  between("podInWest", "podOnW1", 6),
  tcp({ sport: 80, dport: 1 }),
];
const spoofed = [eth(), ...tunnel("west1", "gw1", 4, { sport: 50000 }), between("elsewhere", "podOnW1", 4), ports(1, 2)];
const arp: Layer[] = [eth({ type: 0x0806 }), payload(28)];

describeIf(unfit)("the trace", () => {
  function traced(trace: boolean, run: (bench: Bench) => void): TraceEvent[] {
    using bench = new Bench(gateway(4));
    bench.object.map("strait_control").update(encodeU32(0), encodeControl({ trace }));
    using ring = new RingBuffer(bench.object.map("strait_trace"));
    run(bench);
    return ring.poll().map((bytes) => {
      const event = decodeTraceEvent(bytes);
      if (!event.ok) throw new Error(event.reason);
      return event.value;
    });
  }

  test("is off at first", () => {
    using bench = new Bench(gateway(4));
    using ring = new RingBuffer(bench.object.map("strait_trace"));
    bench.run("from_pod", sent);
    expect(ring.poll()).toEqual([]);
  });

  test("is silent when it is off", () => {
    expect(traced(false, (bench) => bench.run("from_pod", sent))).toEqual([]);
  });

  test("tells every verdict with the inner packet, in order", () => {
    const sizes: number[] = [];
    const events = traced(true, (bench) => {
      for (const [program, packet] of [
        ["from_pod", sent],
        ["from_wire", transit],
        ["from_wire", spoofed],
        ["from_host", arp],
        ["from_tunnel", sent],
      ] as const) {
        sizes.push(bench.run(program, packet).data.length);
      }
    });
    const [pod, west, w1] = [address(inner.podOnGw1[4]), address(inner.podInWest[4]), address(inner.podOnW1[4])];
    const [west6, w16] = [address(inner.podInWest[6]), address(inner.podOnW1[6])];
    const expected = [
      { reason: "sent", hook: "pod", src: pod, dst: west, sport: 40000, dport: 53, protocol: 17 },
      { reason: "transit_in", hook: "wire", src: west6, dst: w16, sport: 80, dport: 1, protocol: 6 },
      {
        reason: "drop_spoofed_source",
        hook: "wire",
        src: address(inner.elsewhere[4]),
        dst: w1,
        sport: 1,
        dport: 2,
        protocol: 17,
      },
      { reason: "pass_not_ip", hook: "host", sport: 0, dport: 0, protocol: 0 },
      { reason: "pass_already_seen", hook: "tunnel", sport: 0, dport: 0, protocol: 0 },
    ] as const;
    expect(events.map(({ time, ...rest }) => ({ ...rest, timed: time > 0n }))).toEqual(
      expected.map((event, i) => ({ ...event, ifindex: DEVICE, length: sizes[i] ?? -1, timed: true })),
    );
    expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort((a, b) => Number(a - b)));
  });

  test("that nobody reads costs no packet", () => {
    using bench = new Bench(gateway(4));
    bench.object.map("strait_control").update(encodeU32(0), encodeControl({ trace: true }));
    // The ring holds 3640 records of 64 bytes and their headers.
    for (let i = 0; i < 4000; i++) bench.probe("from_pod", sent);
    bench.settle();
    const { verdict, reasons } = bench.run("from_pod", sent);
    expect([verdict, reasons]).toEqual(["redirect", { sent: 1 }]);
  }, 60_000);
});
