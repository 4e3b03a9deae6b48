// SPDX-License-Identifier: Apache-2.0
/** The life of real clusters under running traffic: what is restarted, moved, killed and joined costs no packet of anybody else. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { kubeObstacle } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { JoinedLab, TWO_GATEWAYS, TWO_NODES } from "../../control/support/joined_lab.ts";
import { rolledOut } from "./support/rolled_out.ts";

/** How long servers stay away, in milliseconds: STRAIT_AWAY_SECONDS=60 makes it the minute of the issue. */
const AWAY = Number(process.env["STRAIT_AWAY_SECONDS"] ?? 5) * 1000;

describeIf(await kubeObstacle())("real clusters joined by the command", () => {
  let joined: JoinedLab;

  beforeAll(async () => {
    joined = await JoinedLab.create(
      { east: TWO_GATEWAYS, west: TWO_NODES },
      { real: { east: { cni: "bridge" }, west: { cni: "routed", nodeCidrs: false, proxy: "iptables" } } },
    );
  }, 180_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  test("lose nothing while each DaemonSet is rolled out anew", async () => {
    const load = await joined.load();
    for (const set of ["submariner-routeagent", "submariner-gateway"]) {
      await Promise.all(joined.lab.kubeClusters.map((kube) => rolledOut(joined.lab, kube.cluster.id, set)));
    }
    await joined.connected();
    await load.stopWithoutLoss();
  }, 180_000);

  test("lose nothing while the API servers and etcd are down", async () => {
    const load = await joined.load();
    const controls = joined.lab.kubeClusters.map(({ control }) => control);
    await Promise.all(controls.map((control) => control.kill()));
    await Bun.sleep(AWAY); // the fault itself
    await joined.trafficPasses();
    await Promise.all(controls.map((control) => control.start()));
    await joined.connected();
    await load.stopWithoutLoss();
    expect(joined.apps.filter((app) => app.pid === undefined).map((app) => app.label)).toEqual([]);
  }, 180_000);
});
