// SPDX-License-Identifier: Apache-2.0
/** Watches that break: dropped in silence, expired all at once, read anew with thousands of objects. Packets go on, and no row is written. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { isDeepStrictEqual } from "node:util";
import { type KubeCluster, labObstacle } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { status } from "./support/app_status.ts";
import { changesTravel } from "./support/changes_travel.ts";
import { dropConnections } from "./support/drop_connections.ts";
import { EVERY, ghosts } from "./support/ghosts.ts";
import { JoinedLab, TWO_NODES } from "./support/joined_lab.ts";
import { until } from "./support/until.ts";

/** So few changes are remembered by a light API server that every watch that resumes has expired. */
const HISTORY = 20;
/** Pods that are read anew; STRAIT_OBJECTS makes it the ten thousand of the issue, which take minutes to make on a busy machine. */
const MANY = Number(process.env["STRAIT_OBJECTS"] ?? 2000);
/** A watch that fell silent is noticed after 90 s at the latest (docs/design/kubernetes-client.md). */
const SILENCE = 120_000;

describeIf(labObstacle())("two clusters whose pods are known one by one", () => {
  let joined: JoinedLab;
  let east: KubeCluster;

  beforeAll(async () => {
    joined = await JoinedLab.create({ east: TWO_NODES, west: TWO_NODES }, { history: HISTORY, nodeCidrs: false });
    east = joined.lab.kube("east");
  }, 180_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  const rows = async () =>
    Promise.all(
      joined.apps.map(async (app) => {
        const { totals } = await status(app);
        return { app: app.label, writes: totals.writes, removes: totals.removes };
      }),
    );
  const restart = async (kube: KubeCluster) => {
    await kube.control.kill();
    await kube.control.start();
  };
  /** Changes nobody here follows, so that what is followed becomes old. */
  const otherChanges = async (kube: KubeCluster, count: number) => {
    const path = "/api/v1/namespaces/default/configmaps";
    const make = (index: number) =>
      kube.request({ method: "POST", path, body: { metadata: { generateName: "noise-" }, data: { index: `${index}` } } });
    await Promise.all(Array.from({ length: count }, (_, index) => make(index)));
  };

  test("lose nothing in a storm of expired watches, and write nothing", async () => {
    const before = await rows();
    const load = await joined.load();
    for (let round = 0; round < 3; round++) {
      for (const kube of joined.lab.kubeClusters) {
        await otherChanges(kube, HISTORY * 2);
        await restart(kube);
      }
    }
    await joined.connected();
    await changesTravel(joined.lab);
    expect(await rows()).toEqual(before);
    await load.stopWithoutLoss();
    const expired = joined.apps.filter(({ log }) => log.includes("Expired: ")).map(({ label }) => label);
    expect(expired).toEqual(joined.apps.map(({ label }) => label)); // or it was no storm
  }, 170_000);

  test("lose nothing when thousands of pods come and are read anew, and the second reading writes nothing", async () => {
    const load = await joined.load();
    await ghosts(east, MANY);
    // The node agent of a gateway node knows where every pod is.
    const agent = east.app(joined.lab.node("east/gw1"), "routeagent");
    const settled = await until(
      "the agent to have taken all of them in",
      async () => {
        const first = await rows();
        await Bun.sleep(500); // nothing may have changed for that long
        const second = await rows();
        return (await status(agent)).totals.writes >= MANY / EVERY && isDeepStrictEqual(first, second) && second;
      },
      60_000,
    );
    await restart(east);
    await changesTravel(joined.lab);
    expect(await rows()).toEqual(settled);
    await joined.trafficPasses();
    await load.stopWithoutLoss();
  }, 170_000);

  test("lose nothing while all watches are dropped in silence, and notice it", async () => {
    const load = await joined.load();
    const clusters = joined.lab.clusterList.length;
    for (const name of ["broker", "east-api", "west-api"]) {
      expect(await dropConnections(joined.lab, name)).toBeGreaterThanOrEqual(clusters);
    }
    await joined.trafficPasses();
    await changesTravel(joined.lab, SILENCE);
    await load.stopWithoutLoss();
  }, 170_000);
});
