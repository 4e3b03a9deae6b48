// SPDX-License-Identifier: Apache-2.0
/** The life of real clusters under running traffic: what is restarted, moved, killed and joined costs no packet of anybody else. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { kubeObstacle, PAUSE_IMAGE } from "@strait/lab";
import { formatCidr, parseCidr } from "@strait/model";
import { describeIf } from "@strait/testkit";
import { JoinedLab, join, TWO_GATEWAYS, TWO_NODES } from "../../control/support/joined_lab.ts";
import { until } from "../../control/support/until.ts";
import { SteadyLoad } from "../../netns/support/steady_load.ts";
import { ready } from "./support/ready.ts";
import { rolledOut } from "./support/rolled_out.ts";
import { rowsOf } from "./support/rows.ts";

/** How long servers stay away, in milliseconds: STRAIT_AWAY_SECONDS=60 makes it the minute of the issue. */
const AWAY = Number(process.env["STRAIT_AWAY_SECONDS"] ?? 5) * 1000;

/** How many pods come and go, in rounds of twenty: STRAIT_CHURN_PODS=200 makes it the number of the issue. */
const CHURN = Number(process.env["STRAIT_CHURN_PODS"] ?? 60);

describeIf(await kubeObstacle())("real clusters joined by the command", () => {
  let joined: JoinedLab;

  beforeAll(async () => {
    joined = await JoinedLab.create(
      { east: TWO_GATEWAYS, west: TWO_NODES, north: [{ name: "gw1", gateway: true }] },
      {
        real: { east: { cni: "bridge" }, west: { cni: "routed", nodeCidrs: false, proxy: "iptables" }, north: { cni: "ptp" } },
        later: ["north"],
      },
    );
  }, 300_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  const kubes = (...ids: string[]) => ids.map((id) => joined.lab.kube(id));

  test("lose nothing while each DaemonSet is rolled out anew", async () => {
    const load = await joined.load();
    const members = kubes("east", "west");
    for (const set of ["submariner-routeagent", "submariner-gateway"]) {
      await Promise.all(members.map((kube) => rolledOut(joined.lab, kube.cluster.id, set)));
    }
    await joined.connected(members);
    await load.stopWithoutLoss();
  }, 180_000);

  test("lose nothing while the API servers and etcd are down", async () => {
    const load = await joined.load();
    const controls = kubes("east", "west").map(({ control }) => control);
    await Promise.all(controls.map((control) => control.kill()));
    await Bun.sleep(AWAY); // the fault itself
    await joined.trafficPasses(["east", "west"]);
    await Promise.all(controls.map((control) => control.start()));
    await joined.connected(kubes("east", "west"));
    await load.stopWithoutLoss();
  }, 180_000);

  test("lose nothing while kubelet and containerd of every node are killed and start again", async () => {
    const { lab } = joined;
    const load = await joined.load();
    const nodes = lab.nodes.filter(({ cluster }) => cluster !== "north");
    for (const node of nodes) expect(lab.kube(node.cluster).realNode(node).killPrograms("kubelet", "containerd")).toBe(2);
    // The node works again when it makes pods.
    await Promise.all(
      nodes.map(async (node) => {
        const kube = lab.kube(node.cluster);
        await kube.createPod({ name: `after-${node.name}`, node: node.name });
        await kube.pod(`after-${node.name}`, { timeout: 40_000 });
        // Gone, with its rows, before the next test counts rows.
        await lab.workstation.kubectl(node.cluster, ["delete", "pod", `after-${node.name}`, "--timeout=60s"]);
      }),
    );
    await joined.trafficPasses(["east", "west"]);
    await load.stopWithoutLoss();
  }, 180_000);

  test("carry new pods from the moment they are ready, and forget all of them when they go", async () => {
    const { lab } = joined;
    const load = await joined.load();
    const before = await rowsOf(joined);
    const late: string[] = [];
    for (let round = 0; round < CHURN / 20; round++) {
      const names = Array.from({ length: 10 }, (_, index) => `churn-${round}-${index}`);
      await Promise.all(
        (["east", "west"] as const).flatMap((cluster) =>
          names.map(async (name, index) => {
            await lab.kube(cluster).createPod({ name, node: index % 2 === 0 ? "w1" : "gw1" });
            await ready(lab.kube(cluster), name);
            const pod = await lab.kube(cluster).pod(name);
            const far = joined.pod(cluster === "east" ? "west/w1" : "east/w1");
            for (const family of [4, 6] as const) {
              for (const [a, b] of [
                [pod, far],
                [far, pod],
              ] as const) {
                const { ok } = await lab.ping(a, b, { family, timeout: 2000 });
                if (!ok) late.push(`${a.label} → ${b.label} IPv${family}`);
              }
            }
          }),
        ),
      );
      await Promise.all(
        ["east", "west"].map((cluster) => lab.workstation.kubectl(cluster, ["delete", "pod", ...names, "--wait=true"])),
      );
    }
    expect(late).toEqual([]);
    await until(
      "the rows of all those pods to be gone",
      async () => JSON.stringify(await rowsOf(joined)) === JSON.stringify(before),
    );
    await load.stopWithoutLoss();
  }, 400_000);

  test("lose nothing else while a namespace with pods that talk is deleted", async () => {
    const { lab } = joined;
    const before = await rowsOf(joined);
    await lab.workstation.kubectl("east", ["create", "namespace", "doomed"]);
    const flags = ["-n", "doomed", `--image=${PAUSE_IMAGE}`, "--image-pull-policy=IfNotPresent"];
    await lab.workstation.kubectl("east", ["run", "victim", ...flags]);
    await ready(lab.kube("east"), "victim", "doomed");
    const victim = await lab.kube("east").pod("doomed/victim");
    const load = await joined.load();
    const flow = await lab.flow(joined.pod("west/w1"), victim);
    await lab.workstation.kubectl("east", ["delete", "namespace", "doomed", "--timeout=60s"]);
    expect((await flow.stop()).received).toBeGreaterThan(0);
    await until("its rows to be gone", async () => JSON.stringify(await rowsOf(joined)) === JSON.stringify(before));
    await load.stopWithoutLoss();
  }, 120_000);

  test("lose nothing while a third joins, leaves, and joins again with other ranges", async () => {
    const { lab } = joined;
    const north = lab.kube("north");
    const announced = async () => {
      const path = "/apis/submariner.io/v1/namespaces/submariner-operator/endpoints";
      const { items } = (await lab.kube("east").request({ method: "GET", path })) as {
        readonly items: readonly { readonly spec: { readonly cluster_id: string; readonly subnets: readonly string[] } }[];
      };
      return items.filter(({ spec }) => spec.cluster_id === "north").flatMap(({ spec }) => spec.subnets);
    };
    const load = await joined.load();
    await join(lab, north);
    await joined.connected();
    await joined.trafficPasses();
    const before = await announced();
    await lab.workstation.run(["strait", "uninstall", "--context", "north", "--yes"]);
    await joined.connected(kubes("east", "west"));
    await until("east to forget north", async () => (await announced()).length === 0);
    // Other ranges around the same pods and Services: the whole cluster's, where its nodes told only of theirs, and half of the Services'.
    const pods = north.cluster.subnets.map(canonical).join(",");
    const services = north.cluster.serviceSubnets
      .map((range) => canonical(range.replace(/\d+$/, (length) => `${Number(length) + 1}`)))
      .join(",");
    await join(lab, north, ["--clustercidr", pods, "--servicecidr", services]);
    await joined.connected();
    await joined.trafficPasses();
    const after = await announced();
    expect(after.toSorted()).toEqual([...pods.split(","), ...services.split(",")].toSorted());
    expect(after.filter((range) => before.includes(range))).toEqual([]);
    await load.stopWithoutLoss();
  }, 300_000);

  test("lose nothing else while a worker loses power and boots again, and it comes back by itself", async () => {
    const { lab } = joined;
    const node = lab.node("east/w1");
    const real = lab.kube("east").realNode(node);
    const load = await SteadyLoad.start(lab, [
      [joined.pod("east/gw1"), joined.pod("west/w1")],
      [joined.pod("west/gw1"), joined.pod("east/gw2")],
    ]);
    await real.kill();
    await real.start();
    await joined.renew("east/w1", "west/w1");
    await load.stopWithoutLoss();
  }, 240_000);

  test("lose nothing else while a worker is drained, deleted and replaced by a fresh one, whose pods reach the others", async () => {
    const { lab } = joined;
    const east = lab.kube("east");
    const node = lab.node("east/w1");
    const load = await SteadyLoad.start(lab, [
      [joined.pod("east/gw1"), joined.pod("west/w1")],
      [joined.pod("west/gw1"), joined.pod("east/gw2")],
    ]);
    const flags = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=60s"];
    await lab.workstation.kubectl("east", ["drain", node.name, ...flags]);
    await east.removeNode(node);
    for (const label of ["east/gw1", "east/gw2"]) {
      const agent = east.app(lab.node(label), "routeagent");
      await until(`${label} to forget the node`, async () => {
        const { hops } = JSON.parse(await agent.get("/status")) as { readonly hops: readonly { readonly remote: string }[] };
        return !hops.some(({ remote }) => node.families.some((family) => node.address(family) === remote));
      });
    }
    await east.addNode(node);
    await east.createPod({ name: "on-w1", node: node.name });
    await joined.renew("east/w1", "west/w1");
    await joined.trafficPasses(["east", "west"]);
    await load.stopWithoutLoss();
  }, 300_000);
});

/** A range as Strait writes it. */
function canonical(text: string): string {
  const cidr = parseCidr(text);
  if (!cidr.ok) throw new RangeError(cidr.reason);
  return formatCidr(cidr.value);
}
