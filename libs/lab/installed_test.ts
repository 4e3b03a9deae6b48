// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { describeIf } from "@strait/testkit";
import {
  createLab,
  cutWire,
  type Family,
  forgetPathMtu,
  type Installed,
  kernelVxlan,
  labObstacle,
  plainRoutes,
  shrinkMtu,
  unplugWire,
  type WireMode,
  wireMode,
  wireOf,
} from "./mod.ts";

/** Each segment has two members: every wire is a plain veth pair, as in the bench. */
const SPEC = {
  clusters: [
    {
      id: "east",
      nodes: [
        { name: "gw1", gateway: true, pods: 1 },
        { name: "w1", pods: 1 },
      ],
    },
    {
      id: "west",
      nodes: [
        { name: "gw1", gateway: true, pods: 1 },
        { name: "w1", pods: 1 },
      ],
    },
  ],
} as const;
const FAMILIES: readonly Family[] = [4, 6];
const MODES: readonly WireMode[] = ["gso", "mtu"];

describeIf(labObstacle())("what a lab is given", async () => {
  const lab = await createLab(SPEC);
  afterAll(() => lab[Symbol.asyncDispose]());
  const from = lab.clusters.east.nodes.w1.pod();
  const to = lab.clusters.west.nodes.w1.pod();
  const before = await everything();

  for (const [what, install, mtu] of [
    ["plain routes", () => plainRoutes(lab), 1500],
    ["kernel VXLAN", () => kernelVxlan(lab), 1450],
    ["kernel VXLAN with the CNI's return path", () => kernelVxlan(lab, { returnPath: "cni" }), 1450],
  ] as const) {
    test(`${what}: every pod reaches every other at MTU ${mtu} and not above, and removal leaves the lab as it was`, async () => {
      const installed: Installed = await install();
      for (const family of FAMILIES) {
        const header = family === 4 ? 28 : 48;
        // The first packet that is too big teaches the pod the path's MTU.
        expect(await lab.ping(from, to, { family, size: mtu + 1 - header, df: true })).toMatchObject({ ok: false });
        expect(await lab.ping(from, to, { family, size: mtu - header, df: true })).toMatchObject({ ok: true });
        for (const a of ["gw1", "w1"] as const) {
          for (const b of ["gw1", "w1"] as const) {
            const [east, west] = [lab.clusters.east.nodes[a].pod(), lab.clusters.west.nodes[b].pod()];
            expect(await lab.tcp(east, west, { family })).toMatchObject({ ok: true, sourceSeen: east.address(family) });
            expect(await lab.tcp(west, east, { family })).toMatchObject({ ok: true, sourceSeen: west.address(family) });
          }
        }
      }
      await installed.remove();
      await installed.remove();
      expect(await everything()).toEqual(before);
    }, 20_000);
  }

  test("kernel VXLAN goes through its devices, in both directions", async () => {
    await using _tunnels = await kernelVxlan(lab);
    await lab.tcp(from, to, { bytes: 1 << 20 });
    for (const node of lab.nodes) {
      for (const device of node.gateway ? ["vx-submariner", "vxlan-tunnel"] : ["vx-submariner"]) {
        const { stdout } = await node.exec([
          "cat",
          `/sys/class/net/${device}/statistics/rx_packets`,
          `/sys/class/net/${device}/statistics/tx_packets`,
        ]);
        expect(
          stdout
            .trim()
            .split("\n")
            .map(Number)
            .every((packets) => packets > 10),
        ).toBe(true);
      }
    }
  }, 20_000);

  test.each(MODES)(
    "wire mode %s: a wire carries packets of that kind only",
    async (mode) => {
      await using _routes = await plainRoutes(lab);
      await wireMode(lab, mode);
      const wan = "/sys/class/net/eth1/statistics/tx_";
      const count = async () => {
        const { stdout } = await lab.clusters.east.nodes.gw1.exec(["cat", `${wan}bytes`, `${wan}packets`]);
        return stdout.trim().split("\n").map(Number) as [number, number];
      };
      const [bytes, packets] = await count();
      expect(await lab.tcp(from, to, { bytes: 1 << 22 })).toMatchObject({ ok: true });
      const [bytesAfter, packetsAfter] = await count();
      const mean = (bytesAfter - bytes) / (packetsAfter - packets);
      await wireMode(lab, "gso");
      expect(mean > 1514).toBe(mode === "gso");
    },
    20_000,
  );

  test("a cut wire carries nothing and keeps its routes; healed, it carries again", async () => {
    await using _routes = await plainRoutes(lab);
    const cut = await cutWire(wireOf(lab, lab.clusters.east.nodes.gw1, "wan"));
    expect(await lab.ping(from, to, { timeout: 200 })).toMatchObject({ ok: false });
    await cut.remove();
    expect(await lab.ping(from, to)).toMatchObject({ ok: true });
  }, 20_000);

  test("a flow counts what a cut wire loses", async () => {
    await using _routes = await plainRoutes(lab);
    const flow = await lab.flow(from, to, { every: 2 });
    await lab.ping(from, to, { count: 20 });
    expect(await flow.stop()).toSatisfy(({ sent, received }) => sent > 0 && sent === received);
    const cut = await cutWire(wireOf(lab, lab.clusters.east.nodes.gw1, "wan"));
    const broken = await lab.flow(from, to, { every: 2 });
    await lab.ping(from, to, { timeout: 100 });
    expect(await broken.stop(0)).toSatisfy(({ sent, received }) => sent > 0 && received === 0);
    await cut.remove();
  }, 20_000);

  test("a shrunk MTU is reported to the sender by the router before it", async () => {
    await using _routes = await plainRoutes(lab);
    await using _shrunk = await shrinkMtu(lab, wireOf(lab, lab.clusters.east.nodes.gw1, "wan"), 1400);
    await forgetPathMtu(from);
    expect(await lab.ping(from, to, { size: 1500 - 28, df: true })).toMatchObject({ ok: false, reportedMtu: 1400 });
  }, 20_000);

  test("a wire between two nodes cannot be unplugged, one with a hub can", async () => {
    await expect(unplugWire(lab, wireOf(lab, lab.clusters.east.nodes.gw1, "wan"))).rejects.toThrow("switched: true");
    await using switched = await createLab({ ...SPEC, switched: true });
    await using _routes = await plainRoutes(switched);
    const [a, b] = [switched.clusters.east.nodes.w1.pod(), switched.clusters.west.nodes.w1.pod()];
    const unplugged = await unplugWire(switched, wireOf(switched, switched.clusters.east.nodes.gw1, "wan"));
    expect(await switched.ping(a, b, { timeout: 200 })).toMatchObject({ ok: false });
    await unplugged.remove();
    expect(await switched.ping(a, b, { count: 20, timeout: 2000 })).toSatisfy(({ received }) => received > 0);
  }, 20_000);

  /** Links, routes, rules and packet filter of every node: what an installation must put back. */
  async function everything(): Promise<string[]> {
    const script =
      "ip -o link | sed 's/^[0-9]*: //' ; ip -4 route show table all; ip -6 route show table all; ip rule; ip -6 rule; nft list ruleset";
    const outputs = await Promise.all(lab.nodes.map((node) => node.exec(["sh", "-c", script])));
    // Counters of packets and what the kernel learned meanwhile are no leftovers.
    return outputs.map(({ stdout }) => stdout.replace(/counter packets \d+ bytes \d+/g, "").replace(/ expires \S+/g, ""));
  }
});
