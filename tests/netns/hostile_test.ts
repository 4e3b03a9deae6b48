// SPDX-License-Identifier: Apache-2.0
/**
 * What others send us that they should not: from the wire with every frame at choice, and from a pod. Each is dropped, counted by
 * its own reason and never reaches a pod; the same frame without its fault does.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { type App, createLab, type Family, labObstacle, type Pod } from "@strait/lab";
import { CABLE_PORT, CABLE_VNI, INTRA_PORT, INTRA_VNI } from "@strait/model";
import { describeIf } from "@strait/testkit";
import { amount, patience } from "../support/slow.ts";
import { datagramsSeen } from "./support/datagrams_seen.ts";
import { Injector } from "./support/injector.ts";
import { type Addressed, ethernet, inTwoFragments, type UdpOptions, udpPacket, vxlan } from "./support/packets.ts";
import { counts, dropsSince } from "./support/status.ts";
import { until } from "./support/until.ts";

const FAMILIES: readonly Family[] = [4, 6];
const NODES = [
  { name: "gw1", gateway: true, pods: 1 },
  { name: "w1", pods: 1 },
] as const;

/** Nobody listens there: a datagram that arrives is counted and that is all. */
const DISCARD = 9;
const PAYLOAD = new TextEncoder().encode("hello from the wire");

/** The outer header of what a good neighbour sends. */
interface Way {
  readonly ends: Addressed;
  readonly port: number;
  readonly vni: number;
}

describeIf(labObstacle())("two clusters under attack", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", cni: "bridge", nodes: [...NODES, { name: "w2" }] },
        { id: "west", cni: "ptp", nodes: NODES },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  let pod: Pod;
  beforeAll(async () => {
    lab = await make();
    pod = lab.clusters.east.nodes.w1.pod();
    await lab.startStrait({ timeout: patience(30_000) });
  }, patience(60_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  /** From a pod of the west to a pod of the east. */
  const inner = (change: Partial<Addressed> = {}, family: Family = 4): Uint8Array => {
    const far = lab.clusters.west.nodes.w1.pod();
    return udpPacket({ src: far.address(family), dst: pod.address(family), ...change }, PAYLOAD, {
      dport: DISCARD,
      checksum: "right",
    });
  };
  const cable = (family: Family = 4): Way => {
    const [us, them] = [lab.clusters.east.nodes.gw1, lab.clusters.west.nodes.gw1];
    return { ends: { src: them.wanAddress(family), dst: us.wanAddress(family) }, port: CABLE_PORT, vni: CABLE_VNI };
  };
  const intra = (family: Family = 4): Way => {
    const { gw1, w1 } = lab.clusters.east.nodes;
    return { ends: { src: gw1.address(family), dst: w1.address(family) }, port: INTRA_PORT, vni: INTRA_VNI };
  };
  const wrap = (
    way: Way,
    packet = inner(),
    change: Partial<Addressed> & Partial<UdpOptions> & { vni?: number } = {},
  ): Uint8Array => udpPacket({ ...way.ends, ...change }, vxlan(change.vni ?? way.vni, packet), { ...change, dport: way.port });

  /** What happens to a packet at one node: its app counts it, and whether the pod saw it. */
  const watch = async (wire: Injector, app: App) => {
    const before = await counts(app);
    const seen = await datagramsSeen(pod);
    return {
      /** Sends a packet that must be dropped for that reason and no other. */
      async dropped(packet: Uint8Array, reason: string): Promise<void> {
        await wire.send(ethernet(wire.nodeMac, packet));
        const drops = await until(`a ${reason}`, async () => {
          const now = dropsSince(before, await counts(app));
          return Object.keys(now).length > 0 && now;
        });
        expect(drops).toEqual({ [reason]: 1 });
      },
      /** Sends a packet that must arrive, behind which nothing sent before can still be under way. */
      async arrives(...packets: readonly Uint8Array[]): Promise<void> {
        for (const packet of packets) await wire.send(ethernet(wire.nodeMac, packet));
        await until("the good packet at the pod", async () => (await datagramsSeen(pod)) > seen);
        expect(await datagramsSeen(pod)).toBe(seen + 1);
      },
    };
  };

  describe("at a gateway's cable port", () => {
    let wire: Injector;
    let app: App;
    beforeAll(async () => {
      wire = await Injector.open(lab, lab.clusters.east.nodes.gw1, "wan");
      app = lab.app("gateway", lab.clusters.east.nodes.gw1);
    });
    afterAll(() => wire[Symbol.dispose]());

    for (const family of FAMILIES) {
      for (const outer of FAMILIES) {
        test(`a good IPv${family} packet over IPv${outer} arrives, with and without an outer checksum, whole or in fragments`, async () => {
          const way = cable(outer);
          await (await watch(wire, app)).arrives(wrap(way, inner({}, family)));
          const before = await counts(app);
          await (await watch(wire, app)).arrives(wrap(way, inner({}, family), { checksum: "right" }));
          await (await watch(wire, app)).arrives(
            ...inTwoFragments(way.ends, vxlan(way.vni, inner({}, family)), {
              dport: way.port,
              checksum: outer === 4 ? "none" : "right",
            }),
          );
          const now = await counts(app);
          // Neither was moved by its headers alone: the VXLAN device of the port took them.
          expect((now["pass_fallback"] ?? 0) - (before["pass_fallback"] ?? 0)).toBeGreaterThanOrEqual(2);
          expect(dropsSince(before, now)).toEqual({});
        });
      }
    }

    const FAULTS: readonly (readonly [string, string, (checksum: "none" | "right") => Uint8Array])[] = [
      ["from an unknown peer", "drop_unknown_peer", (checksum) => wrap(cable(), inner(), { src: "172.31.9.99", checksum })],
      [
        "from an unknown peer over IPv6",
        "drop_unknown_peer",
        (checksum) => wrap(cable(6), inner({}, 6), { src: "fd31:9::99", checksum }),
      ],
      [
        "from a node of the own cluster, which is no peer of this port",
        "drop_unknown_peer",
        (checksum) => wrap(cable(), inner(), { src: lab.clusters.east.nodes.w1.address(4), checksum }),
      ],
      ["with another VNI", "drop_bad_vni", (checksum) => wrap(cable(), inner(), { vni: CABLE_VNI + 1, checksum })],
      ["with the VNI of the other port", "drop_bad_vni", (checksum) => wrap(cable(), inner(), { vni: INTRA_VNI, checksum })],
      [
        "whose inner source is of our own cluster",
        "drop_spoofed_source",
        (checksum) => wrap(cable(), inner({ src: lab.clusters.east.nodes.gw1.pod().address(4) }), { checksum }),
      ],
      [
        "whose inner source is of nobody",
        "drop_spoofed_source",
        (checksum) => wrap(cable(), inner({ src: "203.0.113.7" }), { checksum }),
      ],
      [
        "whose inner IPv6 source is of nobody",
        "drop_spoofed_source",
        (checksum) => wrap(cable(6), inner({ src: "2001:db8::7" }, 6), { checksum }),
      ],
      ["for nobody of ours", "drop_no_route", (checksum) => wrap(cable(), inner({ dst: "192.0.2.1" }), { checksum })],
      [
        "for the sender's own cluster",
        "drop_no_route",
        (checksum) => wrap(cable(), inner({ dst: lab.clusters.west.nodes.gw1.pod().address(4) }), { checksum }),
      ],
      [
        "that is no IP packet",
        "drop_not_ip",
        (checksum) => {
          const way = cable();
          return udpPacket(way.ends, vxlan(way.vni, randomBytes(40), { ethertype: 0x0806 }), { dport: way.port, checksum });
        },
      ],
      ["whose inner packet is cut off", "drop_truncated", (checksum) => wrap(cable(), inner().subarray(0, -4), { checksum })],
    ];
    for (const [what, reason, packet] of FAULTS) {
      for (const checksum of ["none", "right"] as const) {
        const path = checksum === "none" ? "by its headers" : "behind the VXLAN device";
        test(`a packet ${what} is dropped ${path}, counted as ${reason}`, async () => {
          const at = await watch(wire, app);
          await at.dropped(packet(checksum), reason);
          await at.arrives(wrap(cable()));
        });
      }
    }

    test("a packet cut off inside the tunnel's own header is dropped, counted as drop_truncated", async () => {
      const { ends, port, vni } = cable();
      for (const bytes of [0, 4, 8, 21]) {
        const at = await watch(wire, app);
        await at.dropped(udpPacket(ends, vxlan(vni, inner()).subarray(0, bytes), { dport: port }), "drop_truncated");
        await at.arrives(wrap(cable()));
      }
    });

    test("a packet without a VNI is dropped, counted as drop_bad_header", async () => {
      const { ends, port, vni } = cable();
      const at = await watch(wire, app);
      await at.dropped(udpPacket(ends, vxlan(vni, inner(), { flags: 0 }), { dport: port }), "drop_bad_header");
      await at.arrives(wrap(cable()));
    });

    test("a packet whose congestion mark its inner packet cannot carry is dropped on its way to a pod, counted as drop_ecn", async () => {
      const local = lab.clusters.east.nodes.gw1.pod();
      const at = await watch(wire, app);
      await at.dropped(wrap(cable(), inner({ dst: local.address(4) }), { tos: 3 }), "drop_ecn");
      await at.arrives(wrap(cable()));
    });

    test("a packet whose outer checksum is wrong is the kernel's to drop", async () => {
      const at = await watch(wire, app);
      await wire.send(ethernet(wire.nodeMac, wrap(cable(), inner(), { checksum: "wrong" })));
      await at.arrives(wrap(cable()));
    });

    test("garbage from a known peer is dropped to the last packet, and no pod sees any", async () => {
      const before = await counts(app);
      const at = await watch(wire, app);
      const many = amount(400);
      for (let n = 0; n < many; n++) {
        const way = cable(n % 2 === 0 ? 4 : 6);
        const garbage = randomBytes(n % 120);
        // Half of it begins like a tunnel's packet, so that it gets further in.
        const payload = n % 4 < 2 ? garbage : vxlan(way.vni, garbage, { ethertype: n % 8 < 4 ? 0x0800 : 0x86dd });
        await wire.send(ethernet(wire.nodeMac, udpPacket(way.ends, payload, { dport: way.port })));
      }
      const total = (drops: Record<string, number>) => Object.values(drops).reduce((sum, packets) => sum + packets, 0);
      await until("all of it to be counted", async () => total(dropsSince(before, await counts(app))) >= many);
      expect(total(dropsSince(before, await counts(app)))).toBe(many);
      await at.arrives(wrap(cable()));
    });

    test("garbage in place of an IP header is not ours, and no pod sees any", async () => {
      const at = await watch(wire, app);
      for (let n = 0; n < amount(200); n++) {
        const packet = randomBytes(1 + (n % 200));
        packet[0] = n % 2 === 0 ? 0x45 : 0x60;
        await wire.send(ethernet(wire.nodeMac, packet));
      }
      await at.arrives(wrap(cable()));
    });
  });

  describe("at a worker's port", () => {
    let wire: Injector;
    let app: App;
    beforeAll(async () => {
      wire = await Injector.open(lab, lab.clusters.east.nodes.w1, "cluster");
      app = lab.app("routeagent", lab.clusters.east.nodes.w1);
    });
    afterAll(() => wire[Symbol.dispose]());

    const FAULTS: readonly (readonly [string, string, () => Uint8Array])[] = [
      ["from a stranger", "drop_unknown_peer", () => wrap(intra(), inner(), { src: "172.31.1.99" })],
      ["from a stranger over IPv6", "drop_unknown_peer", () => wrap(intra(6), inner(), { src: "fd31:1::99" })],
      [
        "from another cluster's gateway",
        "drop_unknown_peer",
        () => wrap(intra(), inner(), { src: lab.clusters.west.nodes.gw1.wanAddress(4) }),
      ],
      [
        "from the node's own address",
        "drop_unknown_peer",
        () => wrap(intra(), inner(), { src: lab.clusters.east.nodes.w1.address(4) }),
      ],
      [
        "from a node that is no gateway",
        "drop_not_gateway",
        () => wrap(intra(), inner(), { src: lab.clusters.east.nodes.w2.address(4) }),
      ],
      ["with the cable's VNI", "drop_bad_vni", () => wrap(intra(), inner(), { vni: CABLE_VNI })],
      [
        "for a pod of another node",
        "drop_no_route",
        () => wrap(intra(), inner({ dst: lab.clusters.east.nodes.gw1.pod().address(4) })),
      ],
      [
        "for another cluster, for which it is no gateway",
        "drop_no_lane",
        () => wrap(intra(), inner({ dst: lab.clusters.west.nodes.w1.pod().address(4) })),
      ],
    ];
    for (const [what, reason, packet] of FAULTS) {
      test(`a packet ${what} is dropped, counted as ${reason}`, async () => {
        const at = await watch(wire, app);
        await at.dropped(packet(), reason);
        await at.arrives(wrap(intra()));
      });
    }
  });

  describe("from a pod", () => {
    const far = () => lab.clusters.west.nodes.w1.pod();
    const places = () => [
      { cni: "bridge", pod: lab.clusters.east.nodes.w1.pod(), to: lab.clusters.west.nodes.w1.pod() },
      { cni: "ptp", pod: lab.clusters.west.nodes.w1.pod(), to: lab.clusters.east.nodes.w1.pod() },
    ];

    for (const cni of ["bridge", "ptp"] as const) {
      for (const family of FAMILIES) {
        test(`a packet behind ${cni} with another's IPv${family} source is dropped, counted as drop_spoofed_pod`, async () => {
          const place = places().find((candidate) => candidate.cni === cni);
          if (place === undefined) throw new Error("no such place");
          const app = lab.app("routeagent", lab.node(place.pod.label.slice(0, place.pod.label.lastIndexOf("/"))));
          const host = family === 4 ? place.pod.address(4).replace(/\d+$/, "77") : place.pod.address(6).replace(/[^:]+$/, "77");
          const foreign = family === 4 ? "203.0.113.7" : "2001:db8::7";
          for (const source of [host, foreign]) {
            const width = family === 4 ? 32 : 128;
            await place.pod.ns.ip([`address add ${source}/${width} dev eth0${family === 6 ? " nodad" : ""}`]);
            const before = await counts(app);
            const argv = ["ping", `-${family}`, "-n", "-c", "1", "-W", `${patience(200) / 1000}`, "-I", source];
            const { code } = await place.pod.exec([...argv, place.to.address(family)]);
            expect(code).not.toBe(0);
            const drops = await until("the drop", async () => dropsSince(before, await counts(app)));
            expect(drops).toEqual({ drop_spoofed_pod: 1 });
            await place.pod.ns.ip([`address del ${source}/${width} dev eth0`]);
          }
          expect(await lab.ping(place.pod, place.to, { family, timeout: patience(1000) })).toMatchObject({ ok: true });
        });
      }
    }

    test("a datagram for a node's tunnel port is dropped, counted as drop_tunnel_port", async () => {
      const { gw1, w1 } = lab.clusters.east.nodes;
      const app = lab.app("routeagent", w1);
      for (const node of [gw1, w1]) {
        for (const family of FAMILIES) {
          const before = await counts(app);
          await pod.exec(["bash", "-c", `echo forged > /dev/udp/${node.address(family)}/${INTRA_PORT}`]);
          const drops = await until("the drop", async () => {
            const now = dropsSince(before, await counts(app));
            return Object.keys(now).length > 0 && now;
          });
          expect(drops).toEqual({ drop_tunnel_port: 1 });
        }
      }
    });

    test("a datagram for a gateway's cable port is dropped at the gateway's own pods too", async () => {
      const { gw1 } = lab.clusters.east.nodes;
      const app = lab.app("routeagent", gw1);
      const before = await counts(app);
      const targets = [gw1.wanAddress(4), lab.clusters.west.nodes.gw1.wanAddress(4), lab.clusters.west.nodes.gw1.wanAddress(6)];
      for (const target of targets) await gw1.pod().exec(["bash", "-c", `echo forged > /dev/udp/${target}/${CABLE_PORT}`]);
      await until(
        "the drops",
        async () => (await counts(app))["drop_tunnel_port"] === (before["drop_tunnel_port"] ?? 0) + targets.length,
      );
    });

    test("a datagram for the same port elsewhere passes", async () => {
      const app = lab.app("routeagent", lab.clusters.east.nodes.w1);
      const before = await counts(app);
      const seen = await datagramsSeen(far());
      await pod.exec(["bash", "-c", `echo fine > /dev/udp/${far().address(4)}/${INTRA_PORT}`]);
      await until("the datagram", async () => (await datagramsSeen(far())) > seen);
      expect(dropsSince(before, await counts(app))).toEqual({});
    });
  });
});
