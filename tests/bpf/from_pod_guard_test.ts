// SPDX-License-Identifier: Apache-2.0
import { afterAll, describe, test } from "bun:test";
import type { ReasonName } from "@strait/codec";
import { CABLE_PORT, INTRA_PORT } from "@strait/model";
import {
  describeIf,
  eth,
  extension,
  fragment6,
  ip4,
  ip6,
  type Layer,
  payload,
  protocols,
  tcp,
  udp,
  vxlan,
} from "@strait/testkit";
import { Bench, unfit } from "./support/bench.ts";
import { expectRun } from "./support/expect.ts";
import { between, families, ports, tunnel } from "./support/packets.ts";
import { gateway, inner, outer, type Place, worker } from "./support/scene.ts";

describeIf(unfit)("strait_from_pod", () => {
  const benches = {
    worker: { 4: new Bench(worker(4)), 6: new Bench(worker(6)) },
    gateway: { 4: new Bench(gateway(4)), 6: new Bench(gateway(6)) },
  };
  afterAll(() => {
    for (const role of Object.values(benches)) for (const bench of Object.values(role)) bench[Symbol.dispose]();
  });

  /** From the pod to the outer address of a place. */
  const toNode = (to: Place, family: 4 | 6, from: "podOnW1" | "podOnGw1" = "podOnW1"): Layer =>
    family === 4 ? ip4({ src: inner[from][4], dst: outer[to][4] }) : ip6({ src: inner[from][6], dst: outer[to][6] });

  describe("keeps pods off the tunnel ports", () => {
    const rows: [from: keyof typeof benches, to: Place, port: number, reason: ReasonName][] = [
      ["worker", "gw1", INTRA_PORT, "drop_tunnel_port"],
      ["worker", "w2", INTRA_PORT, "drop_tunnel_port"],
      ["worker", "w1", INTRA_PORT, "drop_tunnel_port"],
      ["worker", "w1", CABLE_PORT, "drop_tunnel_port"],
      ["gateway", "west1", CABLE_PORT, "drop_tunnel_port"],
      ["gateway", "west2", CABLE_PORT, "drop_tunnel_port"],
      ["gateway", "w1", INTRA_PORT, "drop_tunnel_port"],
      ["gateway", "gw1", CABLE_PORT, "drop_tunnel_port"],
      ["worker", "stranger", INTRA_PORT, "pass_not_ours"],
      ["worker", "stranger", CABLE_PORT, "pass_not_ours"],
      ["worker", "gw1", INTRA_PORT + 1, "pass_not_ours"],
      ["gateway", "west1", INTRA_PORT, "pass_not_ours"],
    ];
    test.each(rows.flatMap((row) => families.map((family) => [...row, family] as const)))(
      "of a %s to %s on UDP %d: %s (IPv%d)",
      (role, to, dport, reason, family) => {
        const ip = toNode(to, family, role === "worker" ? "podOnW1" : "podOnGw1");
        const packet = [eth(), ip, udp({ sport: 50000, dport, checksum: 0 }), vxlan({ vni: 100 }), eth(), payload(40)];
        expectRun(benches[role][family], "from_pod", packet, { reason });
      },
    );

    const dport = INTRA_PORT;
    const hidden: [name: string, family: 4 | 6, reason: ReasonName, body: Layer[]][] = [
      ["TCP to the same port", 4, "pass_not_ours", [toNode("gw1", 4), tcp({ sport: 1, dport })]],
      [
        "the first fragment",
        4,
        "drop_tunnel_port",
        [{ ...toNode("gw1", 4), moreFragments: true } as Layer, udp({ sport: 1, dport })],
      ],
      [
        "a later fragment",
        4,
        "pass_not_ours",
        [{ ...toNode("gw1", 4), offset: 10, protocol: protocols.udp } as Layer, payload(40)],
      ],
      [
        "a UDP header that is cut off",
        4,
        "drop_tunnel_port",
        [{ ...toNode("gw1", 4), protocol: protocols.udp } as Layer, payload(7)],
      ],
      [
        "IPv4 options",
        4,
        "drop_tunnel_port",
        [{ ...toNode("gw1", 4), options: new Uint8Array(40) } as Layer, udp({ sport: 1, dport })],
      ],
      ["one extension header", 6, "drop_tunnel_port", [toNode("gw1", 6), extension("destination"), udp({ sport: 1, dport })]],
      [
        "four extension headers",
        6,
        "drop_tunnel_port",
        [toNode("gw1", 6), ...new Array(4).fill(extension("destination")), udp({ sport: 1, dport })],
      ],
      [
        "more extension headers than are walked",
        6,
        "drop_tunnel_port",
        [toNode("gw1", 6), ...new Array(5).fill(extension("destination")), udp({ sport: 1, dport })],
      ],
      [
        "a chain of extension headers longer than is walked",
        6,
        "drop_tunnel_port",
        [toNode("gw1", 6), extension("destination", { words: 70 }), extension("destination"), udp({ sport: 1, dport })],
      ],
      [
        "the first fragment of IPv6",
        6,
        "drop_tunnel_port",
        [toNode("gw1", 6), fragment6({ more: true }), udp({ sport: 1, dport })],
      ],
      [
        "a later fragment of IPv6",
        6,
        "pass_not_ours",
        [toNode("gw1", 6), fragment6({ offset: 10, next: protocols.udp }), payload(40)],
      ],
      [
        "more extension headers than are walked, to a stranger",
        6,
        "pass_not_ours",
        [toNode("stranger", 6), ...new Array(5).fill(extension("destination")), udp({ sport: 1, dport })],
      ],
    ];
    test.each(hidden)("with %s (IPv%d): %s", (_name, family, reason, body) => {
      expectRun(benches.worker[family], "from_pod", [eth(), ...body], { reason });
    });
  });

  describe("sends fragments and headers of every shape", () => {
    const bench = benches.worker[4];
    const sentAs = (make: (ttl: number) => Layer[]): void => {
      expectRun(bench, "from_pod", [eth(), ...make(64)], {
        reason: "sent",
        out: [eth(), ...tunnel("w1", "gw1", 4), ...make(63)],
      });
    };
    const four = (ttl: number, fields: object): Layer =>
      ({ ...between("podOnW1", "podInWest", 4, { ttl }), dontFragment: false, ...fields }) as Layer;
    const six = (ttl: number): Layer => between("podOnW1", "podInWest", 6, { ttl });
    const tail = [ports(), payload(64)];

    const shapes: [name: string, make: (ttl: number) => Layer[]][] = [
      ["the first fragment of IPv4", (ttl) => [four(ttl, { moreFragments: true }), ...tail]],
      ["a later fragment of IPv4", (ttl) => [four(ttl, { offset: 9, protocol: 17 }), payload(64)]],
      ["a later fragment of IPv4 shorter than a UDP header", (ttl) => [four(ttl, { offset: 9, protocol: 17 }), payload(3)]],
      ["IPv4 with options", (ttl) => [four(ttl, { options: Uint8Array.of(7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0) }), ...tail]],
      ["IPv4 with all options there is room for", (ttl) => [four(ttl, { options: new Uint8Array(40) }), ...tail]],
      ["the first fragment of IPv6", (ttl) => [six(ttl), fragment6({ more: true, id: 5 }), ...tail]],
      ["a later fragment of IPv6", (ttl) => [six(ttl), fragment6({ offset: 9, id: 5, next: 17 }), payload(64)]],
      [
        "IPv6 with extension headers",
        (ttl) => [six(ttl), extension("hopByHop"), extension("routing"), extension("destination"), ...tail],
      ],
      [
        "IPv6 with more extension headers than are walked",
        (ttl) => [six(ttl), ...new Array(6).fill(extension("destination")), ...tail],
      ],
      ["IPv6 without a next header", (ttl) => [six(ttl)]],
      ["a header that says it is longer than the packet", (ttl) => [four(ttl, { length: 1400 }), ...tail]],
      ["a header that says it is shorter than the packet", (ttl) => [four(ttl, { length: 28 }), ...tail]],
    ];
    test.each(shapes)("%s", (_name, make) => {
      sentAs(make);
    });

    test("but drops IPv6 whose extension headers are longer than any traffic's", () => {
      const packet = [eth(), six(64), extension("destination", { words: 80 }), extension("destination"), ...tail];
      expectRun(bench, "from_pod", packet, { reason: "drop_bad_header" });
    });

    test("but leaves an IPv4 header that contradicts itself to the stack", () => {
      for (const fields of [{ headerWords: 4 }, { length: 19 }, { length: 0 }]) {
        expectRun(bench, "from_pod", [eth(), four(64, fields), ...tail], { reason: "pass_not_ip" });
      }
    });
  });
});
