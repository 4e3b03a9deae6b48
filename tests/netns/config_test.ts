// SPDX-License-Identifier: Apache-2.0
/** Config files that change under running apps, and clusters with two gateways each: who is moved, and who is not. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { type App, appFiles, clusterFile, createLab, cutWire, labObstacle, type Pod, wireOf, writeConfig } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { amount, patience } from "../support/slow.ts";
import { slotsOf } from "./support/slots.ts";
import { counts, dropsSince, type Status, status } from "./support/status.ts";
import { SteadyLoad } from "./support/steady_load.ts";
import { until } from "./support/until.ts";

const TWO_GATEWAYS = [
  { name: "gw1", gateway: true },
  { name: "gw2", gateway: true },
  { name: "w1", pods: 1 },
] as const;

/** A cluster file of the lab, as far as tests change it. */
interface Config {
  readonly subnets: readonly string[];
  readonly nodes: readonly { readonly name: string; readonly gateway?: boolean }[];
  readonly clusters: readonly { readonly id: string; readonly gateways: readonly { readonly name: string }[] }[];
}

describeIf(labObstacle())("three clusters, two of them with two gateways", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", cni: "bridge", nodes: TWO_GATEWAYS },
        { id: "west", cni: "ptp", nodes: TWO_GATEWAYS },
        { id: "north", nodes: [{ name: "gw1", gateway: true, pods: 1 }] },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  let [east, west, north]: Pod[] = [];
  beforeAll(async () => {
    lab = await make();
    east = lab.clusters.east.nodes.w1.pod();
    west = lab.clusters.west.nodes.w1.pod();
    north = lab.clusters.north.nodes.gw1.pod();
    await lab.startStrait({ timeout: patience(60_000) });
  }, patience(90_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  const pod = (which: Pod | undefined): Pod => {
    if (which === undefined) throw new Error("there is no such pod");
    return which;
  };
  const agent = () => lab.app("routeagent", lab.clusters.east.nodes.w1);
  const gateway = () => lab.app("gateway", lab.clusters.east.nodes.gw1);
  const standing = (app: App) => clusterFile(lab.clusterList, app.node, app.name) as unknown as Config;
  const write = (app: App, change: Partial<Config> | Record<string, unknown>) =>
    writeConfig(lab.clusterList, app.node, app.name, change as Record<string, unknown>);

  /** Datagrams of many flows, each with a source port of its own. */
  const manyFlows = async (from: Pod, to: Pod, many = 24) => {
    for (let flow = 0; flow < many; flow++) {
      const seen = await lab.udp(from, to, { family: flow % 2 === 0 ? 4 : 6, timeout: patience(500) });
      expect(seen).toMatchObject({ received: true, tries: 1 });
    }
  };
  const sentTo = (of: Status) => new Map(of.hops.map((hop) => [hop.peer, hop.txPackets]));

  /** Runs something under steady flows, none of whose datagrams may be lost. */
  const losingNothing = async (pairs: readonly (readonly [Pod, Pod])[], act: () => Promise<void>) => {
    const load = await SteadyLoad.start(lab, pairs);
    try {
      await act();
      // Whatever the change did is in force while these pass.
      for (const [from, to] of pairs) {
        const pings = await lab.ping(from, to, { count: amount(30), timeout: patience(1000) });
        expect(pings.output).toContain(" 0% packet loss");
      }
    } finally {
      await load.stopWithoutLoss();
    }
  };

  test("spread flows over both gateways and over all lanes between them", async () => {
    const [from, to] = [pod(east), pod(west)];
    const before = sentTo(await status(agent()));
    const many = 48;
    await manyFlows(from, to, many);
    const now = sentTo(await status(agent()));
    const grown = ["gw1", "gw2"].map((peer) => (now.get(peer) ?? 0) - (before.get(peer) ?? 0));
    expect(Math.min(...grown)).toBeGreaterThan(0);
    for (const node of [lab.clusters.east.nodes.gw1, lab.clusters.east.nodes.gw2]) {
      const lanes = sentTo(await status(lab.app("gateway", node)));
      expect(Math.min(lanes.get("west/gw1") ?? 0, lanes.get("west/gw2") ?? 0)).toBeGreaterThan(0);
    }
    const { clusters } = await status(agent());
    expect(clusters.find(({ id }) => id === "west")?.slots.map(({ slots }) => slots)).toEqual([128, 128]);
  });

  const BAD: readonly (readonly [string, (text: string) => string, RegExp])[] = [
    ["an unknown key", (text) => `${text}colour: red\n`, /:\d+: .*colour/],
    ["host bits in a subnet", (text) => text.replace("10.2.0.0/16", "10.2.0.1/16"), /:\d+: .*10\.2\.0\.1\/16 has host bits/],
    ["two clusters of one subnet", (text) => text.replace("10.3.0.0/16", "10.2.0.0/16"), /:\d+: .*10\.2\.0\.0\/16/],
    ["a gateway inside its own subnets", (text) => text.replace("172.31.9.4", "10.2.0.9"), /:\d+: .*10\.2\.0\.9/],
    ["an MTU below 1280", (text) => `${text}mtu: 1279\n`, /:\d+: .*1280/],
    ["broken YAML", (text) => `${text}nodes: [\n`, /:\d+: /],
    ["nothing in it", () => "", /:1: /],
  ];
  test("keep what they have while a file is bad, and say where and why", async () => {
    const apps = [agent(), gateway()];
    await losingNothing([[pod(east), pod(west)]], async () => {
      for (const app of apps) {
        const { config: path } = app;
        const good = await Bun.file(path).text();
        const { totals } = await status(app);
        for (const [what, spoil, reason] of BAD) {
          await Bun.write(path, spoil(good));
          const reasons = await until(`${what} to be refused`, async () => {
            const { config } = await status(app);
            return config.reasons.some((line) => reason.test(line)) ? config.reasons : undefined;
          });
          expect(reasons.every((line) => line.startsWith(path))).toBe(true);
        }
        expect(await app.get("/metrics")).toContain("strait_config_ok 0\n");
        expect((await status(app)).ready).toBe(true);
        rmSync(path);
        await until("the file to be missed", async () => (await status(app)).config.reasons[0]?.includes("no such file"));
        await Bun.write(path, good);
        await until("the good file to be taken", async () => (await status(app)).config.ok);
        expect({ ...(await status(app)).totals, applies: 0 }).toEqual({ ...totals, applies: 0 });
      }
    });
  });

  test("take a new node and let go of it, without loss to others", async () => {
    const gatewayAgent = lab.app("routeagent", lab.clusters.east.nodes.gw1);
    const all = [agent(), gateway(), gatewayAgent];
    const stranger = { name: "w9", addresses: ["172.31.1.99", "fd31:1::99"], subnets: ["10.1.99.0/24", "fd01:0:0:99::/64"] };
    const knows = (of: Status) => of.hops.some((hop) => hop.peer === "w9");
    await losingNothing(
      [
        [pod(east), pod(west)],
        [pod(north), pod(east)],
      ],
      async () => {
        for (const app of all) await write(app, { nodes: [...standing(app).nodes, stranger] });
        // Only a gateway sends to nodes.
        await until("the gateway to know the node", async () => knows(await status(gatewayAgent)));
        for (const app of all) await write(app, {});
        await until("the gateway to forget it", async () => !knows(await status(gatewayAgent)));
      },
    );
  });

  test("take a new cluster and let go of it, without loss to others", async () => {
    const all = [agent(), gateway()];
    const south = { id: "south", subnets: ["10.8.0.0/16"], gateways: [{ name: "gw1", addresses: ["172.31.9.77"] }] };
    await losingNothing(
      [
        [pod(east), pod(west)],
        [pod(north), pod(east)],
      ],
      async () => {
        for (const app of all) {
          await write(app, { clusters: [south, ...standing(app).clusters] });
          await until("the cluster to be led somewhere", async () =>
            (await status(app)).clusters.some(({ id, slots }) => id === "south" && slots.length > 0),
          );
        }
        for (const app of all) {
          await write(app, {});
          await until("the cluster to be gone", async () => (await status(app)).clusters.every(({ id }) => id !== "south"));
        }
      },
    );
  });

  test("move only the slots of a gateway that goes, give them back evenly, and leave flows to others alone", async () => {
    const app = gateway();
    const { node } = app;
    const index = (of: Status, peer: string) => of.hops.find((hop) => hop.peer === peer)?.index ?? 0;
    const before = await status(app);
    const west = before.clusters.find(({ id }) => id === "west")?.index ?? 0;
    const [stays, goes] = [index(before, "west/gw1"), index(before, "west/gw2")];
    const slots = slotsOf(node, west);
    expect(new Set(slots)).toEqual(new Set([stays, goes]));

    await losingNothing([[pod(east), pod(north)]], async () => {
      const clusters = standing(app).clusters.map((cluster) =>
        cluster.id === "west" ? { ...cluster, gateways: cluster.gateways.filter(({ name }) => name !== "gw2") } : cluster,
      );
      await write(app, { clusters });
      await until("the lane to go", async () => index(await status(app), "west/gw2") === 0);
      expect(slotsOf(node, west)).toEqual(slots.map(() => stays));
      const { lastApply } = await status(app);
      expect(lastApply?.writes).toMatchObject({ slots: slots.filter((hop) => hop === goes).length });

      await write(app, {});
      await until("the lane to be back", async () => index(await status(app), "west/gw2") !== 0);
      const back = slotsOf(node, west);
      const again = index(await status(app), "west/gw2");
      expect(back.filter((hop) => hop === again)).toHaveLength(128);
      expect(back.filter((hop) => hop === stays)).toHaveLength(128);
    });
  });

  test("go on by the other gateway once one is taken from every config, and use it again when it is back", async () => {
    const gone = lab.clusters.east.nodes.gw2;
    const without = (app: App): Record<string, unknown> =>
      app.node.cluster === "east"
        ? { nodes: standing(app).nodes.map((node) => (node.name === "gw2" ? { ...node, gateway: false } : node)) }
        : {
            clusters: standing(app).clusters.map((cluster) =>
              cluster.id === "east" ? { ...cluster, gateways: cluster.gateways.filter(({ name }) => name !== "gw2") } : cluster,
            ),
          };
    const apps = lab.apps.filter((app) => app.node !== gone && (app.name === "gateway" || app.node.cluster === "east"));
    const uses = (of: Status) =>
      of.hops.some((hop) => hop.peer === "east/gw2") ||
      of.clusters.some(({ slots }) => slots.some(({ hop }) => of.hops.find(({ index }) => index === hop)?.peer === "gw2"));
    for (const app of apps) await write(app, without(app));
    for (const app of apps) {
      await until(`${app.name} of ${app.node.label} to go by others`, async () => !uses(await status(app)));
    }
    {
      await using _wan = await cutWire(wireOf(lab, gone, "wan"));
      await using _cluster = await cutWire(wireOf(lab, gone, "cluster"));
      await manyFlows(pod(east), pod(west));
      await manyFlows(pod(west), pod(east));
    }
    for (const app of apps) await write(app, {});
    const wanted = apps.filter((app) => app.node.cluster !== "east" || app.node.name === "w1");
    for (const app of wanted) {
      await until(`${app.name} of ${app.node.label} to use it again`, async () => uses(await status(app)));
    }
    const before = sentTo(await status(agent()));
    await manyFlows(pod(east), pod(west));
    await manyFlows(pod(west), pod(east));
    expect(sentTo(await status(agent())).get("gw2")).toBeGreaterThan(before.get("gw2") ?? 0);
  });

  test("say which uplink there is not, and go on with the others", async () => {
    const app = gateway();
    await write(app, { uplinks: ["eth0", "eth1", "eth9"] });
    const problem = await until("the problem", async () =>
      (await status(app)).problems.find(({ object }) => object === "uplink eth9"),
    );
    expect(problem.reason).toContain("there is no such interface");
    await manyFlows(pod(east), pod(west), 4);
    await write(app, {});
    await until("the problem to be over", async () => (await status(app)).problems.length === 0);
  });

  test("dropped nothing that was theirs to carry", async () => {
    for (const app of lab.apps.filter(({ name }) => name === "routeagent")) {
      expect({ at: app.node.label, drops: dropsSince({}, await counts(app)) }).toEqual({ at: app.node.label, drops: {} });
    }
    expect(await Bun.file(appFiles(lab.clusters.east.nodes.w1, "routeagent").log).text()).not.toContain(
      'level=error msg="cannot',
    );
  });
});
