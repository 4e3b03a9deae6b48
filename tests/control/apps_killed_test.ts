// SPDX-License-Identifier: Apache-2.0
/** Apps that die without a warning: traffic goes on, and the next one finds everything as it should be. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type KubeApp, labObstacle } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { killed, status } from "./support/app_status.ts";
import { JoinedLab } from "./support/joined_lab.ts";
import { until } from "./support/until.ts";

/** An app that started anew has looked at everything and written nothing. */
async function wroteNothing(app: KubeApp): Promise<void> {
  const { totals } = await until(`${app.label} to have applied`, async () => {
    const seen = await status(app);
    return seen.totals.applies > 0 && seen;
  });
  expect({ [app.label]: totals }).toEqual({ [app.label]: { ...totals, writes: 0, removes: 0, failures: 0, errors: 0 } });
}

describeIf(labObstacle())("two clusters joined through a broker", () => {
  let joined: JoinedLab;

  beforeAll(async () => {
    joined = await JoinedLab.create();
  }, 120_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  test("lose nothing while one app after the other is killed and comes back, and it writes nothing", async () => {
    const load = await joined.load();
    for (const app of joined.apps) {
      await killed(app);
      await wroteNothing(app);
    }
    await joined.trafficPasses();
    await load.stopWithoutLoss();
  }, 120_000);

  test("lose nothing while all apps are killed at once, and the new ones write nothing", async () => {
    const load = await joined.load();
    await killed(...joined.apps);
    for (const app of joined.apps) await wroteNothing(app);
    await joined.connected();
    await joined.trafficPasses();
    await load.stopWithoutLoss();
  }, 120_000);

  test("lose nothing while all apps end as they are asked to, and come back", async () => {
    const load = await joined.load();
    const before = joined.apps.map((app) => ({ app, pid: app.pid }));
    for (const { app } of before) app.kill("SIGTERM");
    for (const { app, pid } of before) {
      await until(`${app.label} to run again`, () => app.pid !== undefined && app.pid !== pid);
      await wroteNothing(app);
    }
    await joined.connected();
    await load.stopWithoutLoss();
  }, 120_000);
});
