// SPDX-License-Identifier: Apache-2.0
/** API servers that are away: the broker's, a cluster's, all of them, at cold start too. Packets do not depend on any. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { labObstacle } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { killed, status } from "./support/app_status.ts";
import { changesTravel } from "./support/changes_travel.ts";
import { JoinedLab } from "./support/joined_lab.ts";
import { until } from "./support/until.ts";

/** How long a server stays away, in seconds: STRAIT_AWAY_SECONDS makes it the minute of the issue. */
const AWAY = Number(process.env["STRAIT_AWAY_SECONDS"] ?? 5) * 1000;

describeIf(labObstacle())("two clusters joined through a broker", () => {
  let joined: JoinedLab;

  beforeAll(async () => {
    joined = await JoinedLab.create();
  }, 120_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  /** Totals of all apps: nothing may be removed while a server is away. */
  const removed = async () => Promise.all(joined.apps.map(async (app) => (await status(app)).totals.removes));

  test("lose nothing while the broker is away, and none of their apps removes anything", async () => {
    const broker = await joined.lab.broker();
    const before = await removed();
    const load = await joined.load();
    await broker.kill();
    await Bun.sleep(AWAY); // the fault itself: that long nothing answers
    await joined.trafficPasses();
    expect(await removed()).toEqual(before);
    await broker.start();
    await joined.connected();
    await changesTravel(joined.lab);
    expect(await removed()).toEqual(before);
    await load.stopWithoutLoss();
  }, 180_000);

  test("lose nothing when a gateway starts anew while the broker is away", async () => {
    const broker = await joined.lab.broker();
    const load = await joined.load();
    await broker.kill();
    await killed(...joined.apps);
    await joined.trafficPasses();
    expect(await removed()).toEqual(joined.apps.map(() => 0));
    await broker.start();
    await joined.connected();
    await load.stopWithoutLoss();
  }, 180_000);

  test("lose nothing when all apps start cold, with nothing kept on disk, while the broker is away", async () => {
    const broker = await joined.lab.broker();
    const load = await joined.load();
    await broker.kill();
    for (const app of joined.apps) rmSync(`${app.node.dir}/run/${app.name}.json`);
    await killed(...joined.apps);
    await joined.trafficPasses();
    expect(await removed()).toEqual(joined.apps.map(() => 0));
    await broker.start();
    await joined.connected();
    await load.stopWithoutLoss();
  }, 180_000);

  for (const id of ["east", "west"]) {
    test(`lose nothing while the API server of ${id} is killed, is away and comes back`, async () => {
      const { control } = joined.lab.kube(id);
      const before = await removed();
      const load = await joined.load();
      await control.kill();
      await Bun.sleep(AWAY / 5); // the fault itself
      await joined.trafficPasses();
      expect(await removed()).toEqual(before);
      await control.start();
      await joined.connected();
      expect(await removed()).toEqual(before);
      await load.stopWithoutLoss();
    }, 180_000);
  }

  test("lose nothing when apps die while their own API server is away: the new ones go on from what they worked by", async () => {
    const east = joined.lab.kube("east");
    const load = await joined.load();
    await east.control.kill();
    const own = joined.apps.filter(({ node }) => node.cluster === "east");
    const before = own.map((app) => ({ app, pid: app.pid }));
    for (const { app } of before) app.kill();
    for (const { app, pid } of before) await until(`${app.label} to run again`, () => app.pid !== undefined && app.pid !== pid);
    for (const { app } of before) {
      const { totals } = await until(`${app.label} to have looked`, async () => {
        const seen = await status(app);
        return seen.totals.applies > 0 && seen;
      });
      expect({ [app.label]: totals }).toEqual({ [app.label]: { ...totals, writes: 0, removes: 0, failures: 0 } });
    }
    await joined.trafficPasses();
    await east.control.start();
    await joined.connected();
    await load.stopWithoutLoss();
  }, 180_000);

  test("lose nothing while all API servers are killed at once and come back one after the other", async () => {
    const servers = [await joined.lab.broker(), ...joined.lab.kubeClusters.map(({ control }) => control)];
    const load = await joined.load();
    await Promise.all(servers.map((server) => server.kill()));
    await joined.trafficPasses();
    for (const server of servers.toReversed()) await server.start();
    await joined.connected();
    await joined.trafficPasses();
    await load.stopWithoutLoss();
  }, 180_000);
});
