// SPDX-License-Identifier: Apache-2.0
/** Nodes and clusters that go: those that stay lose nothing. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { labObstacle } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { JoinedLab, join, TWO_NODES } from "./support/joined_lab.ts";
import { until } from "./support/until.ts";

const WITH_TWO_WORKERS = [...TWO_NODES, { name: "w2" }];
const ONE_GATEWAY = [{ name: "gw1", gateway: true }];
const MEMBERS = ["east", "west", "north"];

describeIf(labObstacle())("three clusters joined through a broker", () => {
  let joined: JoinedLab;

  beforeAll(async () => {
    const clusters = { east: WITH_TWO_WORKERS, west: TWO_NODES, north: ONE_GATEWAY, anew: ONE_GATEWAY };
    joined = await JoinedLab.create(clusters, { later: ["anew"] });
  }, 180_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  const kubes = (ids: readonly string[]) => ids.map((id) => joined.lab.kube(id));
  /** Who must be reached is given time: the machine may be busy. */
  const reaches = async (from: string, to: string, timeout = 5000) =>
    (await joined.lab.ping(joined.pod(from), joined.pod(to), { timeout })).ok;
  const routes = async (label: string) => (await joined.lab.node(label).ns.run(["ip", "route", "show", "dev", "strait0"])).trim();

  test("lose nothing but what goes to a node that is deleted, and reach it again when it is back", async () => {
    const { lab } = joined;
    const east = lab.kube("east");
    const load = await joined.load(); // gw1 and w2 of east
    await east.request({ method: "DELETE", path: "/api/v1/nodes/w1" });
    await until("the others to forget the node", async () => !(await reaches("west/w1", "east/w1", 300)));
    await joined.trafficPasses(["west", "north"]);
    expect(await reaches("east/w2", "west/w1")).toBe(true);
    await east.kubelet(lab.node("east/w1")).kill();
    await east.startKubelet(lab.node("east/w1"));
    await joined.trafficPasses(MEMBERS);
    await load.stopWithoutLoss();
  }, 120_000);

  test("lose nothing among those that stay while one leaves, and forget it", async () => {
    const { lab } = joined;
    const load = await joined.load();
    const north = lab.cluster("north").subnets[0] ?? "";
    expect(await reaches("east/w1", "north/gw1")).toBe(true);
    await lab.workstation.run(["strait", "uninstall", "--context", "north", "--yes"]);
    for (const label of ["east/w1", "east/gw1", "west/w1", "west/gw1"]) {
      await until(
        `${label} to forget north`,
        async () => !(await routes(label)).includes(north.split(".").slice(0, 2).join(".")),
      );
    }
    expect(await reaches("east/w1", "north/gw1", 300)).toBe(false);
    await joined.trafficPasses(["east", "west"]);
    await load.stopWithoutLoss();
  }, 120_000);

  test("take the one that left back when it joins again", async () => {
    const load = await joined.load();
    await join(joined.lab, joined.lab.kube("north"));
    await joined.connected(kubes(MEMBERS));
    await joined.trafficPasses(MEMBERS);
    await load.stopWithoutLoss();
  }, 120_000);

  test("lose nothing among those that stay while one is built anew: it leaves, and its id comes back with other ranges", async () => {
    const { lab } = joined;
    const load = await joined.load();
    const [old, fresh] = [lab.cluster("north"), lab.cluster("anew")];
    await lab.workstation.run(["strait", "uninstall", "--context", "north", "--yes"]);
    const flags = ["--context", "anew", "--clusterid", "north", "--gateway-node", "gw1"];
    await lab.workstation.run(["strait", "join", "broker-info.subm", ...flags]);
    await joined.trafficPasses(["east", "west", "anew"]);
    const ranges = async () => {
      const path = "/apis/submariner.io/v1/namespaces/submariner-operator/endpoints";
      const { items } = (await lab.kube("east").request({ method: "GET", path })) as {
        readonly items: readonly { readonly spec: { readonly cluster_id: string; readonly subnets: readonly string[] } }[];
      };
      return items.filter(({ spec }) => spec.cluster_id === "north").flatMap(({ spec }) => spec.subnets);
    };
    expect(await ranges()).toEqual(expect.arrayContaining([...fresh.serviceSubnets]));
    expect((await ranges()).filter((range) => [...old.subnets, ...old.serviceSubnets].includes(range))).toEqual([]);
    expect(await reaches("east/w1", "north/gw1", 300)).toBe(false);
    await load.stopWithoutLoss();
  }, 120_000);
});
