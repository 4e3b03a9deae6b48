// SPDX-License-Identifier: Apache-2.0
/** A cable that turns out narrower than its ends: the gateway learns it, tells senders by ICMP, and streams go on in smaller segments. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createLab, type Family, forgetPathMtu, type Installed, labObstacle, type Pod, shrinkMtu, wireOf } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { amount, patience } from "../support/slow.ts";
import { segmentSizes } from "./support/held_tcp.ts";
import { payloadOf, segmentOf } from "./support/sizes.ts";
import { counts, dropsSince, status } from "./support/status.ts";
import { until } from "./support/until.ts";

const FAMILIES: readonly Family[] = [4, 6];
const NODES = [
  { name: "gw1", gateway: true, pods: 1 },
  { name: "w1", pods: 1 },
] as const;
/** Of the wan, where everything else has 1500. */
const NARROW = 1400;

describeIf(labObstacle())("a cable that becomes narrower", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", cni: "bridge", nodes: NODES },
        { id: "west", cni: "ptp", nodes: NODES },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  let pairs: readonly (readonly [Pod, Pod])[] = [];
  let narrow: Installed;
  const lanes = async (mtu: number) => {
    for (const node of lab.nodes.filter(({ gateway }) => gateway)) {
      await until(`${node.label} to know of ${mtu}`, async () => {
        const { hops } = await status(lab.app("gateway", node));
        return hops.some((hop) => hop.peer?.includes("/") && hop.mtu === mtu);
      });
    }
  };

  beforeAll(async () => {
    lab = await make();
    await lab.startStrait({ timeout: patience(30_000) });
    const [east, west] = [lab.clusters.east.nodes, lab.clusters.west.nodes];
    pairs = [
      [east.w1.pod(), west.w1.pod()],
      [west.w1.pod(), east.w1.pod()],
      [east.gw1.pod(), west.w1.pod()],
      [east.w1.pod(), west.gw1.pod()],
    ];
    await lanes(lab.innerMtu);
    narrow = await shrinkMtu(lab, wireOf(lab, east.gw1, "wan"), NARROW);
    await lanes(lab.innerMtu - (lab.mtu - NARROW));
  }, patience(60_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  for (const family of FAMILIES) {
    test(`answers IPv${family} packets that do not fit any more with its MTU, and carries those that do`, async () => {
      const fits = lab.innerMtu - (lab.mtu - NARROW);
      for (const [from, to] of pairs) {
        await forgetPathMtu(from, to);
        const at = { from: from.label, to: to.label };
        const ping = (packet: number, timeout: number) =>
          lab.ping(from, to, { family, df: true, size: payloadOf(packet, family), timeout: patience(timeout) });
        expect({ ...at, ...(await ping(fits, 1000)) }).toMatchObject({ ...at, ok: true });
        expect({ ...at, ...(await ping(fits + 1, 200)) }).toMatchObject({ ...at, ok: false, received: 0, reportedMtu: fits });
        await forgetPathMtu(from, to);
        const largest = await ping(lab.innerMtu, 200);
        expect({ ...at, ...largest }).toMatchObject({ ...at, ok: false, received: 0, reportedMtu: fits });
      }
    });

    test(`carries IPv${family} datagrams and streams that were larger, as the senders have learnt`, async () => {
      for (const [from, to] of pairs) {
        await forgetPathMtu(from, to);
        const options = { family, size: payloadOf(lab.innerMtu, family), timeout: patience(150), tries: 6 };
        const datagram = await lab.udp(from, to, options);
        expect(datagram).toMatchObject({ received: true, sourceSeen: from.address(family) });
        const stream = await lab.tcp(from, to, { family, bytes: amount(4 << 20), timeout: patience(10_000) });
        expect(stream).toMatchObject({ ok: true, sourceSeen: from.address(family) });
      }
    });

    test(`opens IPv${family} connections whose segments fit it, although the workers' own wires are wider`, async () => {
      const [from, to] = pairs[0] ?? [];
      if (from === undefined || to === undefined) throw new Error("there is no pair");
      await forgetPathMtu(from, to);
      const fits = segmentOf(lab.innerMtu - (lab.mtu - NARROW), family);
      expect(await segmentSizes(lab, from, to, family)).toEqual([fits, fits]);
    });
  }

  test("carries the old size again once it is as wide as it was, and has dropped nothing", async () => {
    await narrow.remove();
    await lanes(lab.innerMtu);
    for (const [from, to] of pairs) {
      await forgetPathMtu(from, to);
      for (const family of FAMILIES) {
        const ping = await lab.ping(from, to, {
          family,
          df: true,
          size: payloadOf(lab.innerMtu, family),
          timeout: patience(1000),
        });
        expect(ping).toMatchObject({ ok: true });
      }
    }
    for (const app of lab.apps) {
      expect({ at: app.node.label, drops: dropsSince({}, await counts(app)) }).toEqual({ at: app.node.label, drops: {} });
    }
  });
});
