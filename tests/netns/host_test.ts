// SPDX-License-Identifier: Apache-2.0
/** Traffic of the nodes themselves: what enters by no hooked interface goes through a route to strait0, and back through the stack. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createLab, type Family, forgetPathMtu, labObstacle, type Place } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { amount, patience } from "../support/slow.ts";
import { segmentSizes } from "./support/held_tcp.ts";
import { hostOf } from "./support/place.ts";
import { payloadOf, segmentOf } from "./support/sizes.ts";
import { counts, dropsSince } from "./support/status.ts";

const FAMILIES: readonly Family[] = [4, 6];
const NODES = [
  { name: "gw1", gateway: true, pods: 1 },
  { name: "w1", pods: 1 },
] as const;
const STREAM = amount(4 << 20);

describeIf(labObstacle())("host network", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", cni: "bridge", nodes: NODES },
        { id: "west", cni: "ptp", nodes: NODES },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  beforeAll(async () => {
    lab = await make();
    // As strict as a distribution may ship it: what comes out of a tunnel must not fall for it.
    for (const node of lab.nodes) await node.ns.sysctl({ "net/ipv4/conf/all/rp_filter": 1, "net/ipv4/conf/eth0/rp_filter": 1 });
    await lab.startStrait({ timeout: patience(30_000) });
  }, patience(60_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  const pairs = (): readonly (readonly [string, Place, Place])[] => {
    const { east, west } = lab.clusters;
    return [
      ["a worker behind bridge to a pod", hostOf(east.nodes.w1), west.nodes.w1.pod()],
      ["a worker behind ptp to a pod", hostOf(west.nodes.w1), east.nodes.w1.pod()],
      ["a gateway behind bridge to a pod", hostOf(east.nodes.gw1), west.nodes.w1.pod()],
      ["a gateway behind ptp to a gateway's pod", hostOf(west.nodes.gw1), east.nodes.gw1.pod()],
      ["a pod to a worker behind ptp", east.nodes.w1.pod(), hostOf(west.nodes.w1)],
      ["a pod to a worker behind bridge", west.nodes.w1.pod(), hostOf(east.nodes.w1)],
      ["a pod to a gateway", east.nodes.w1.pod(), hostOf(west.nodes.gw1)],
      ["a worker to a worker", hostOf(east.nodes.w1), hostOf(west.nodes.w1)],
      ["a worker to a worker, the other way", hostOf(west.nodes.w1), hostOf(east.nodes.w1)],
      ["a gateway to a gateway", hostOf(east.nodes.gw1), hostOf(west.nodes.gw1)],
    ];
  };

  test("leads to other clusters by strait0, with an address they can answer to", async () => {
    for (const node of lab.nodes) {
      for (const other of lab.othersOf(lab.cluster(node.cluster))) {
        const { stdout } = await node.exec(["ip", "-j", "route", "get", other.subnets[0]?.replace(/0\/.*/, "9") ?? ""]);
        const [route] = JSON.parse(stdout) as [{ dev: string; prefsrc: string }];
        expect(route).toMatchObject({ dev: "strait0", prefsrc: hostOf(node).address(4) });
      }
    }
  });

  for (const family of FAMILIES) {
    describe(`over IPv${family}`, () => {
      test("reaches the other cluster's pods and nodes, and they reach it, each with its own address", async () => {
        for (const [what, from, to] of pairs()) {
          const options = { family, timeout: patience(3000) };
          const ping = await lab.ping(from, to, options);
          expect({ what, ok: ping.ok, output: ping.output }).toMatchObject({ what, ok: true });
          const stream = await lab.tcp(from, to, { ...options, bytes: STREAM });
          expect({ what, ...stream }).toMatchObject({ what, sha256Equal: true, sourceSeen: from.address(family) });
          const datagram = await lab.udp(from, to, { ...options, tries: 3 });
          expect({ what, ...datagram }).toMatchObject({ what, received: true, sourceSeen: from.address(family) });
        }
      });

      test("carries packets of MTU size, and the route tells the MTU of what is larger", async () => {
        const node = lab.clusters.east.nodes.w1;
        const [from, to] = [hostOf(node), lab.clusters.west.nodes.w1.pod()];
        await forgetPathMtu(from, to);
        const options = { family, timeout: patience(1000), df: true };
        expect(await lab.ping(from, to, { ...options, size: payloadOf(lab.innerMtu, family) })).toMatchObject({ ok: true });
        const larger = await lab.ping(from, to, {
          ...options,
          size: payloadOf(lab.innerMtu + 1, family),
          timeout: patience(200),
        });
        expect(larger).toMatchObject({ ok: false, received: 0, reportedMtu: lab.innerMtu });
        const fits = segmentOf(lab.innerMtu, family);
        expect(await segmentSizes(lab, from, to, family)).toEqual([fits, fits]);
      });
    });
  }

  test("was dropped nowhere", async () => {
    for (const app of lab.apps) {
      expect({ at: app.node.label, drops: dropsSince({}, await counts(app)) }).toEqual({ at: app.node.label, drops: {} });
    }
  });
});
