// SPDX-License-Identifier: Apache-2.0
/**
 * A cluster whose nodes say no pod ranges (as with Calico's own address management): gateways find pods by the CNI's routes, nodes
 * find their own by what the CNI made of them.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { BpfMap } from "@strait/ffi";
import { createLab, type Family, labObstacle, layOverlay, type Node, type Place } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { patience } from "../support/slow.ts";
import { hostOf } from "./support/place.ts";
import { counts, dropsSince } from "./support/status.ts";
import { until } from "./support/until.ts";

const FAMILIES: readonly Family[] = [4, 6];
const NODES = [
  { name: "gw1", gateway: true, pods: 1 },
  { name: "w1", pods: 1 },
] as const;

describeIf(labObstacle())("a cluster whose nodes say no pod ranges", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", cni: "ptp", nodes: NODES },
        { id: "west", cni: "ptp", nodes: NODES },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  beforeAll(async () => {
    lab = await make();
    const [east] = lab.clusterList;
    for (const node of lab.nodes) {
      await node.ns.sysctl({ "net/ipv4/conf/all/rp_filter": 1, "net/ipv4/conf/eth0/rp_filter": 1 });
      if (node.cluster === "east" && east) await layOverlay(node, east);
    }
    const nodes = Object.values<Node>(lab.clusters.east.nodes).map((node) => ({
      name: node.name,
      addresses: node.families.map((family) => node.address(family)),
      ...(node.gateway && { gateway: true }),
    }));
    await Promise.all(
      lab.nodes.flatMap((node) =>
        (node.gateway ? (["gateway", "routeagent"] as const) : (["routeagent"] as const)).map((app) =>
          lab.startApp(app, node, {
            timeout: patience(30_000),
            ...(node.cluster === "east" && { config: { nodes, podSubnets: east?.subnets } }),
          }),
        ),
      ),
    );
  }, patience(60_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  const drops = async () => {
    const all = await Promise.all(lab.apps.map(async (app) => [app.node.label, dropsSince({}, await counts(app))] as const));
    return Object.fromEntries(all.filter(([, found]) => Object.keys(found).length > 0));
  };

  test("reaches and is reached, pods and nodes of both, with the first packet", async () => {
    const { east, west } = lab.clusters;
    const pairs: readonly (readonly [Place, Place])[] = [
      [east.nodes.w1.pod(), west.nodes.w1.pod()],
      [east.nodes.gw1.pod(), west.nodes.w1.pod()],
      [hostOf(east.nodes.w1), west.nodes.w1.pod()],
      [hostOf(east.nodes.gw1), west.nodes.w1.pod()],
    ];
    const failed: string[] = [];
    for (const family of FAMILIES) {
      for (const [a, b] of [...pairs, ...pairs.map(([a, b]) => [b, a] as const)]) {
        const { ok, output } = await lab.ping(a, b, { family, timeout: patience(2000) });
        if (!ok) failed.push(`${a.label} → ${b.label} IPv${family}: ${output}`);
      }
    }
    expect(failed).toEqual([]);
    expect(await drops()).toEqual({});
  }, 60_000);

  test("reaches a pod that comes, as soon as the CNI has wired it", async () => {
    const { east, west } = lab.clusters;
    const pod = await east.nodes.w1.addPod();
    const far = west.nodes.w1.pod();
    // The agent follows the CNI within milliseconds; nothing else says where the pod is.
    await until("the new pod to reach the other cluster", async () => (await lab.ping(pod, far, { timeout: 200 })).ok);
    for (const family of FAMILIES) {
      expect(await lab.ping(far, pod, { family, timeout: patience(2000) })).toMatchObject({ ok: true });
      expect(await lab.ping(pod, far, { family, timeout: patience(2000) })).toMatchObject({ ok: true });
    }
    await east.nodes.w1.removePod(pod);
  }, 60_000);

  test("drops with its reason what only the default route would take, and what no pod has at the node of its block", async () => {
    const { gw1, w1 } = lab.clusters.east.nodes;
    await gw1.ns.ip(["route add default via 172.31.9.1 dev eth1", "route add default via fd31:9::1 dev eth1"]);
    const [gateway, agent] = (["gw1", "w1"] as const).map((name) =>
      lab.apps.find((app) => app.name === "routeagent" && app.node === lab.clusters.east.nodes[name]),
    );
    if (!gateway || !agent) throw new Error("no agent in east");
    for (const [app, addresses] of [
      [gateway, ["10.1.99.9", "fd01:0:0:99::9"]],
      [
        agent,
        w1.subnets.map((subnet) => subnet.replace(/(::|\.0)\/\d+$/, (_, zero: string) => (zero === "::" ? "::ee" : ".238"))),
      ],
    ] as const) {
      for (const address of addresses) {
        const before = await counts(app);
        const { code } = await lab.clusters.west.nodes.w1.pod().exec(["ping", "-c1", "-W1", address]);
        expect(code).toBe(1);
        expect(dropsSince(before, await counts(app))).toEqual({ drop_no_route: 1 });
      }
    }
  }, 60_000);

  test("follows a block that moves to another device, and forgets one that goes", async () => {
    const { gw1, w1 } = lab.clusters.east.nodes;
    const [block = ""] = w1.subnets;
    const kinds = () => {
      using map = BpfMap.openPinned(`${gw1.bpffs}/strait/v1/strait_subnets`);
      return map.entriesBatch().length;
    };
    const before = kinds();
    await gw1.ns.ip([`route del ${block}`]);
    await until("the block's row to be gone", () => kinds() === before - 1);
    await gw1.ns.ip([`route add ${block} via ${w1.address(4)} dev eth0`]);
    await until("the block's row to be back", () => kinds() === before);
    expect(await lab.ping(lab.clusters.west.nodes.w1.pod(), w1.pod(), { timeout: patience(2000) })).toMatchObject({ ok: true });
  }, 60_000);
});
