// SPDX-License-Identifier: Apache-2.0
/**
 * That what we send is VXLAN, and that the tests can fail: plain routing works, encapsulating on one side only does not, the
 * kernel's own VXLAN device at the far end understands us, and we understand ourselves. Then sizes, over each underlay.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createLab, type Family, forgetPathMtu, type Lab, labObstacle, type Pod, plainRoutes, wireMode } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { amount, patience } from "../support/slow.ts";
import { segmentSizes } from "./support/held_tcp.ts";
import { kernelFarEnd } from "./support/kernel_far_end.ts";
import { payloadOf, segmentOf } from "./support/sizes.ts";
import { counts, dropsSince } from "./support/status.ts";

const FAMILIES: readonly Family[] = [4, 6];
const NODES = [
  { name: "gw1", gateway: true, pods: 1 },
  { name: "w1", pods: 1 },
] as const;
/** One cluster is wired by bridge, the other by ptp, so every pair crosses both. */
const CLUSTERS = [
  { id: "east", cni: "bridge", nodes: NODES },
  { id: "west", cni: "ptp", nodes: NODES },
] as const;

const STREAM = amount(4 << 20);

/** Pings, streams and datagrams there and back, each with the sender's own address. */
async function expectBoth(lab: Lab, from: Pod, to: Pod, family: Family): Promise<void> {
  const options = { family, timeout: patience(5000) };
  expect((await lab.ping(from, to, options)).output).toContain(" 0% packet loss");
  const seen = { ok: true, sha256Equal: true, sourceSeen: from.address(family) };
  expect(await lab.tcp(from, to, { ...options, bytes: STREAM })).toMatchObject(seen);
  expect(await lab.udp(from, to, { ...options, tries: 3 })).toMatchObject({ received: true, sourceSeen: from.address(family) });
}

for (const outer of FAMILIES) {
  describeIf(labObstacle())(`two clusters over IPv${outer}`, () => {
    let lab: Awaited<ReturnType<typeof make>>;
    let [east, west]: Pod[] = [];
    const before = new Map<string, Record<string, number>>();
    const make = () => createLab({ clusters: CLUSTERS, underlay: { families: [outer] } });
    const pods = (): [Pod, Pod] => {
      if (east === undefined || west === undefined) throw new Error("there are no pods");
      return [east, west];
    };

    beforeAll(async () => {
      lab = await make();
      east = lab.clusters.east.nodes.w1.pod();
      west = lab.clusters.west.nodes.w1.pod();
    }, patience(20_000));
    afterAll(() => lab[Symbol.asyncDispose]());

    test("are joined by plain routing, and by nothing without it", async () => {
      const [from, to] = pods();
      for (const family of FAMILIES) {
        expect(await lab.ping(from, to, { family, timeout: 300 })).toMatchObject({ ok: false, received: 0 });
      }
      await using _routes = await plainRoutes(lab);
      for (const family of FAMILIES) await expectBoth(lab, from, to, family);
    });

    test("are not joined where only one side encapsulates", async () => {
      const { gw1, w1 } = lab.clusters.east.nodes;
      const apps = await Promise.all([
        lab.startApp("routeagent", gw1, { timeout: patience(30_000) }),
        lab.startApp("gateway", gw1, { timeout: patience(30_000) }),
        lab.startApp("routeagent", w1, { timeout: patience(30_000) }),
      ]);
      expect(apps.every((app) => app.running)).toBe(true);
      const [from, to] = pods();
      for (const [index, family] of FAMILIES.entries()) {
        expect(await lab.ping(from, to, { family, timeout: 300 })).toMatchObject({ ok: false, received: 0 });
        expect(await counts(lab.app("routeagent", w1))).toMatchObject({ sent: index + 1 });
        expect(await counts(lab.app("routeagent", gw1))).toMatchObject({ transit_out: index + 1 });
      }
    });

    test("are joined where the kernel's own VXLAN device ends our cable", async () => {
      const [from, to] = pods();
      await using _far = await kernelFarEnd(lab, lab.clusters.west.nodes.gw1, lab.clusters.east.nodes.gw1);
      for (const family of FAMILIES) {
        await expectBoth(lab, from, to, family);
        await expectBoth(lab, to, from, family);
      }
      const seen = await counts(lab.app("gateway", lab.clusters.east.nodes.gw1));
      expect(seen["transit_in"]).toBeGreaterThan(0);
      expect(seen["transit_out"]).toBeGreaterThan(0);
    });

    test("are joined by Strait on both sides, every pod with every pod", async () => {
      // The kernel's device had its own to say (IGMP, MLD), which is spoofed as far as we are concerned.
      for (const app of lab.apps) before.set(app.node.label, await counts(app));
      const { gw1, w1 } = lab.clusters.west.nodes;
      const options = { timeout: patience(30_000) };
      await Promise.all([
        lab.startApp("routeagent", gw1, options),
        lab.startApp("gateway", gw1, options),
        lab.startApp("routeagent", w1, options),
      ]);
      await forgetPathMtu(...lab.pods);
      for (const from of lab.pods) {
        for (const to of lab.pods.filter((pod) => pod.cluster !== from.cluster)) {
          for (const family of FAMILIES) await expectBoth(lab, from, to, family);
        }
      }
    });

    for (const mode of ["gso", "mtu"] as const) {
      describe(mode === "gso" ? "with GSO packets on the wire" : "with packets of MTU size on the wire", () => {
        beforeAll(() => wireMode(lab, mode), patience(10_000));

        for (const family of FAMILIES) {
          test(`carry IPv${family} of MTU size and a byte less whole, and say the MTU of a byte more`, async () => {
            for (const [from, to] of [pods(), pods().reverse() as [Pod, Pod]]) {
              await forgetPathMtu(from, to);
              const options = { family, timeout: patience(1000) };
              for (const packet of [lab.innerMtu - 1, lab.innerMtu]) {
                const size = payloadOf(packet, family);
                expect(await lab.ping(from, to, { ...options, size, df: true })).toMatchObject({ ok: true });
                const udp = await lab.udp(from, to, { ...options, size, tries: 3 });
                expect(udp).toMatchObject({ received: true, sourceSeen: from.address(family) });
              }
              const size = payloadOf(lab.innerMtu + 1, family);
              expect(await lab.ping(from, to, { family, timeout: patience(200), size, df: true })).toMatchObject({
                ok: false,
                received: 0,
                reportedMtu: lab.innerMtu,
              });
              // The sender has learnt the path's MTU, so the same datagram goes through, in fragments of the pods' own.
              const udp = await lab.udp(from, to, { ...options, size, tries: 3 });
              expect(udp).toMatchObject({ received: true, sourceSeen: from.address(family) });
            }
          });

          test(`carry a TCP stream over IPv${family} in segments that fit, both ways`, async () => {
            const [from, to] = pods();
            await forgetPathMtu(from, to);
            const fits = segmentOf(lab.innerMtu, family);
            expect(await segmentSizes(lab, from, to, family)).toEqual([fits, fits]);
            for (const [sender, receiver] of [pods(), pods().reverse() as [Pod, Pod]]) {
              const stream = await lab.tcp(sender, receiver, { family, bytes: 2 * STREAM, timeout: patience(10_000) });
              expect(stream).toMatchObject({ ok: true, sha256Equal: true, sourceSeen: sender.address(family) });
            }
          });
        }
      });
    }

    test("have dropped nothing in all that", async () => {
      for (const app of lab.apps.filter(({ name }) => name === "routeagent")) {
        expect(dropsSince(before.get(app.node.label) ?? {}, await counts(app))).toEqual({});
      }
    });
  });
}
