// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import type { ReasonName } from "@strait/codec";
import { INTRA_PORT } from "@strait/model";
import { describeIf, eth, ip4, type Layer, payload, udp } from "@strait/testkit";
import { Bench, type Outcome, unfit } from "./support/bench.ts";
import { expectRun } from "./support/expect.ts";
import { between, ports, tunnel } from "./support/packets.ts";
import { gateway, inner, outer, worker } from "./support/scene.ts";

/** How bpf/unit/tagged.c is asked for a tag: a mark beside its 16 bits, so that a tag of zero can be told from none. */
const tag = (id: number, priority = 0): number => 0x10000 | (priority << 13) | id;

describeIf(unfit)("a frame with a VLAN tag", () => {
  const onWorker = new Bench(worker(4), { unit: "tagged" });
  const onGateway = new Bench(gateway(4), { unit: "tagged" });
  afterAll(() => {
    onWorker[Symbol.dispose]();
    onGateway[Symbol.dispose]();
  });

  const body = (ttl: number): Layer[] => [between("podOnW1", "podInWest", 4, { ttl }), ports(), payload(20)];
  const sent: [name: string, cb: number[]][] = [
    ["without a tag", []],
    ["with a tag that is a priority only", [tag(0, 5)]],
    ["with two such tags", [tag(0, 5), tag(0, 1)]],
  ];
  test.each(sent)("from a pod is sent %s", (_name, cb) => {
    const out = [eth(), ...tunnel("w1", "gw1", 4), ...body(63)];
    expectRun(onWorker, "tagged_from_pod", [eth(), ...body(64)], { reason: "sent", cb, out });
  });

  test("from a pod is dropped with more tags than a network has use for", () => {
    expectRun(onWorker, "tagged_from_pod", [eth(), ...body(64)], { reason: "drop_bad_header", cb: [tag(0), tag(0), tag(0)] });
  });

  const passed: [name: string, cb: number[]][] = [
    ["with a VLAN", [tag(7)]],
    ["with a VLAN and a priority", [tag(7, 7)]],
    ["with a VLAN inside a priority", [tag(7), tag(0, 3)]],
  ];
  test.each(passed)("from a pod is passed on %s", (_name, cb) => {
    expectPassed(onWorker.run("tagged_from_pod", [eth(), ...body(64)], { cb }), "pass_not_ip");
  });

  test("from a pod, a priority tag opens no way around the checks", () => {
    const cb = [tag(0, 6)];
    const toTunnel = [
      eth(),
      ip4({ src: inner.podOnW1[4], dst: outer.gw1[4] }),
      udp({ sport: 1, dport: INTRA_PORT }),
      payload(20),
    ];
    expectRun(onWorker, "tagged_from_pod", toTunnel, { reason: "drop_tunnel_port", cb });
    const spoofed = [eth(), between("podOnW2", "podInWest", 4), ports()];
    expectRun(onWorker, "tagged_from_pod", spoofed, { reason: "drop_spoofed_pod", cb });
  });

  test("from the wire, it is for a VLAN device and not for us", () => {
    const packet = [eth(), ...tunnel("w1", "gw1", 4, { sport: 50000, ip4: { id: 1 } }), ...body(64)];
    expectRun(onGateway, "tagged_from_wire", packet, { reason: "transit_out" });
    for (const cb of [[tag(7)], [tag(0, 3)]]) {
      expectPassed(onGateway.run("tagged_from_wire", packet, { cb }), "pass_not_ours");
    }
  });
});

/** Only the verdict: whether the tag stands in the frame again or beside it is the kernel's business. */
function expectPassed({ verdict, reasons }: Outcome, reason: ReasonName): void {
  expect([verdict, reasons]).toEqual(["pass", { [reason]: 1 }]);
}
