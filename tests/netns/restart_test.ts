// SPDX-License-Identifier: Apache-2.0
/** The apps come and go, traffic does not notice: killed, started again, ended, taken away. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFileSync, copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type AppName, appArgv, createLab, type Family, labObstacle, type Node, type Pod } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { amount, patience } from "../support/slow.ts";
import { type NodeState, nodeState, pinsOf } from "./support/node_state.ts";
import { counts, dropsSince, status } from "./support/status.ts";
import { SteadyLoad } from "./support/steady_load.ts";
import { until } from "./support/until.ts";

const ROOT = join(import.meta.dir, "..", "..");
const FAMILIES: readonly Family[] = [4, 6];
const NODES = [
  { name: "gw1", gateway: true, pods: 1 },
  { name: "w1", pods: 1 },
] as const;

describeIf(labObstacle())("two joined clusters", () => {
  const make = () =>
    createLab({
      clusters: [
        { id: "east", cni: "bridge", nodes: NODES },
        { id: "west", cni: "ptp", nodes: NODES },
      ],
    });
  let lab: Awaited<ReturnType<typeof make>>;
  let from: Pod;
  let to: Pod;
  const before = new Map<string, NodeState>();
  const start = () => lab.startStrait({ timeout: patience(30_000) });

  beforeAll(async () => {
    lab = await make();
    from = lab.clusters.east.nodes.w1.pod();
    to = lab.clusters.west.nodes.w1.pod();
    await Promise.all(lab.nodes.map(async (node) => before.set(node.label, await nodeState(node))));
    await start();
  }, patience(60_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  const load = () =>
    SteadyLoad.start(lab, [
      [from, to],
      [to, from],
    ]);

  /** Traffic that must have passed before a test goes on: many echoes, and a stream. */
  const trafficPasses = async () => {
    for (const family of FAMILIES) {
      const pings = await lab.ping(from, to, { family, count: amount(40), timeout: patience(1000) });
      expect(pings.output).toContain(" 0% packet loss");
      const stream = await lab.tcp(to, from, { family, bytes: amount(4 << 20), timeout: patience(10_000) });
      expect(stream).toMatchObject({ ok: true, sourceSeen: to.address(family) });
    }
  };

  test("write when they start for the first time", async () => {
    for (const app of lab.apps) {
      const { totals } = await status(app);
      expect(totals).toMatchObject({ failures: 0, errors: 0 });
      expect(totals.writes).toBeGreaterThan(0);
    }
  });

  test("write nothing while nothing changes, however much traffic passes", async () => {
    const written = () => Promise.all(lab.apps.map(async (app) => ({ ...(await status(app)).totals, applies: 0 })));
    const seen = await written();
    await trafficPasses();
    expect(await written()).toEqual(seen);
  });

  test("lose nothing while all apps are killed, are dead, and start again, and the new ones write nothing", async () => {
    const flows = await load();
    await trafficPasses();
    await Promise.all(lab.apps.map((app) => app.kill()));
    expect(lab.apps.every((app) => !app.running)).toBe(true);
    await trafficPasses();
    const again = await start();
    await trafficPasses();
    for (const app of again) {
      const { totals } = await status(app);
      expect({ [`${app.name} on ${app.node.label}`]: totals }).toEqual({
        [`${app.name} on ${app.node.label}`]: { applies: totals.applies, writes: 0, removes: 0, failures: 0, errors: 0 },
      });
      expect(totals.applies).toBeGreaterThan(0);
    }
    await flows.stopWithoutLoss();
  });

  test("lose nothing while one app after the other is restarted under load", async () => {
    const flows = await load();
    const old = [...lab.apps.filter((app) => app.running)];
    for (const app of old) {
      expect(await app.stop()).toBe(0);
      const next = await lab.startApp(app.name, app.node, { timeout: patience(30_000) });
      expect((await status(next)).totals).toMatchObject({ writes: 0, removes: 0, failures: 0, errors: 0 });
    }
    await flows.stopWithoutLoss();
  });

  test("lose nothing while an upgrade puts other programs in the place of the old ones, on every node", async () => {
    const other = `${lab.dir}/upgrade`;
    mkdirSync(other);
    for (const name of ["encap.o", "probe.o"]) copyFileSync(join(ROOT, "build/bpf", name), join(other, name));
    appendFileSync(join(other, "encap.o"), "another build"); // behind the last section, so that only its identity differs
    const programs = () => lab.nodes.map((node) => pinsOf(node).filter((path) => /programs\/[^/]+$/.test(path)));
    const old = programs();
    const flows = await load();
    const env = { STRAIT_BPF_OBJECT: join(other, "encap.o") };
    for (const app of lab.apps.filter(({ running }) => running)) {
      await app.stop();
      const next = await lab.startApp(app.name, app.node, { timeout: patience(30_000), env });
      expect((await status(next)).totals).toMatchObject({ failures: 0, errors: 0 });
    }
    await trafficPasses();
    await flows.stopWithoutLoss();
    for (const [index, now] of programs().entries()) {
      expect(now).toHaveLength(1);
      expect(now).not.toEqual(old[index] ?? []);
    }
  });

  test("put right what somebody removed under them", async () => {
    const { w1 } = lab.clusters.east.nodes;
    const app = lab.app("routeagent", w1);
    const { totals } = await status(app);
    await w1.ns.ip([`route del ${lab.clusters.west.subnets[0]} dev strait0`]);
    await until("the route to be back", async () => {
      const { stdout } = await w1.exec(["ip", "route", "show", "dev", "strait0"]);
      return stdout.includes(`${lab.clusters.west.subnets[0]}`);
    });
    expect((await status(app)).totals.writes).toBe(totals.writes + 1);
  });

  test("join a pod that comes while they run, and forget one that goes", async () => {
    for (const cluster of [lab.clusters.east, lab.clusters.west]) {
      const { w1 } = cluster.nodes;
      const app = lab.app("routeagent", w1);
      const far = cluster === lab.clusters.east ? to : from;
      const pod = await w1.addPod();
      await until("the new pod in /status", async () =>
        (await status(app)).pods?.some((row) => row.addresses.includes(pod.address(6))),
      );
      for (const family of FAMILIES) {
        for (const [sender, receiver] of [
          [pod, far],
          [far, pod],
        ] as const) {
          expect(await lab.tcp(sender, receiver, { family, timeout: patience(5000) })).toMatchObject({
            ok: true,
            sourceSeen: sender.address(family),
          });
        }
      }
      await w1.removePod(pod);
      await until(
        "the pod to be gone from /status",
        async () => !(await status(app)).pods?.some((row) => row.addresses.includes(pod.address(6))),
      );
      // A pod may go while a pass is at it; the next pass, which its going asked for, has nothing to complain of.
      await until("no problem to be left", async () => (await status(app)).problems.length === 0);
      expect((await status(app)).totals).toMatchObject({ errors: 0 });
    }
    await trafficPasses();
  });

  test("dropped nothing so far", async () => {
    for (const app of lab.apps.filter(({ running }) => running)) expect(dropsSince({}, await counts(app))).toEqual({});
  });

  test("go on forwarding after SIGTERM, and leave no socket", async () => {
    const flows = await load();
    for (const app of lab.apps.filter(({ running }) => running)) expect(await app.stop()).toBe(0);
    await trafficPasses();
    await flows.stopWithoutLoss();
    for (const node of lab.nodes) expect(existsSync(`${node.dir}/routeagent.sock`)).toBe(false);
  });

  test("leave nothing behind once both apps are uninstalled, and can be joined again", async () => {
    await lab.traffic.end();
    for (const node of lab.nodes) {
      expect(pinsOf(node)).not.toEqual([]);
      const names: readonly AppName[] = node.gateway ? ["gateway", "routeagent"] : ["routeagent"];
      for (const name of names) expect(await uninstall(name, node)).toMatchObject({ code: 0 });
    }
    for (const node of lab.nodes) expect(await nodeState(node)).toEqual(before.get(node.label) as NodeState);
    expect(await lab.ping(from, to, { timeout: 300 })).toMatchObject({ received: 0 });
    const [node] = lab.nodes;
    if (node !== undefined) expect(await uninstall("routeagent", node)).toMatchObject({ code: 0 });
    await start();
    await trafficPasses();
  });

  function uninstall(name: AppName, node: Node) {
    return node.exec(appArgv(name, `${node.dir}/${name}.yaml`, "--uninstall"));
  }
});
