// SPDX-License-Identifier: Apache-2.0
/** Gateways that come and go as they are asked to: nobody loses a packet, in either direction (docs/adr/0010). */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { labObstacle } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { SteadyLoad } from "../netns/support/steady_load.ts";
import { JoinedLab, TWO_GATEWAYS } from "./support/joined_lab.ts";
import { labelGateway, lists } from "./support/listed_gateways.ts";
import { until } from "./support/until.ts";

const BOTH = ["east", "west"];

describeIf(labObstacle())("two clusters whose gateways move", () => {
  let joined: JoinedLab;

  beforeAll(async () => {
    joined = await JoinedLab.create({ east: TWO_GATEWAYS, west: TWO_GATEWAYS });
    for (const id of BOTH) await lists(joined.lab, id, "gw1 gw2", BOTH);
  }, 180_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  /** Between pods of every node: gateways, those that become one, and workers; each way through both families. */
  const load = () => {
    const pairs = [
      ["east/gw1", "west/gw2"],
      ["east/gw2", "west/gw1"],
      ["east/w1", "west/w1"],
    ] as const;
    return SteadyLoad.start(
      joined.lab,
      pairs.flatMap(([a, b]) => [[joined.pod(a), joined.pod(b)] as const, [joined.pod(b), joined.pod(a)] as const]),
      3,
    );
  };
  /** What the node agent says. */
  const agent = async (label: string) => {
    const node = joined.lab.node(label);
    const text = await joined.lab.kube(node.cluster).app(node, "routeagent").get("/status");
    return JSON.parse(text) as { readonly role: string; readonly hops: readonly { readonly kind: string }[] };
  };
  const isWorker = async (label: string) => {
    const { role, hops } = await agent(label);
    return role === "worker" && !hops.some(({ kind }) => kind === "vxlan");
  };

  test("lose nothing while one of two is sent away, though it leads, and comes back", async () => {
    const { lab } = joined;
    const steady = await load();
    for (const [name, other] of [
      ["gw1", "gw2"],
      ["gw2", "gw1"],
    ] as const) {
      await labelGateway(lab, `east/${name}`, false);
      await lists(lab, "east", other, BOTH);
      await until(`${name} to let go of its cables`, () => isWorker(`east/${name}`));
      await joined.trafficPasses();
      await labelGateway(lab, `east/${name}`, true);
      await lists(lab, "east", "gw1 gw2", BOTH);
    }
    await joined.trafficPasses();
    await steady.stopWithoutLoss();
  }, 300_000);

  test("lose nothing while both clusters send one of two away at the same moment, and then both's only one gives way to another node", async () => {
    const { lab } = joined;
    const steady = await load();
    const both = (step: (id: string) => Promise<void>) => Promise.all(BOTH.map(step));
    await both((id) => labelGateway(lab, `${id}/gw1`, false));
    await both((id) => lists(lab, id, "gw2", BOTH));
    for (const id of BOTH) await until(`gw1 of ${id} to let go of its cables`, () => isWorker(`${id}/gw1`));
    await joined.trafficPasses();
    // The labels are taken away first, and the apps with them.
    await both((id) => labelGateway(lab, `${id}/gw2`, false));
    const runs = (id: string) => lab.kube(id).app(lab.node(`${id}/gw2`), "gateway").pid !== undefined;
    await until("both gateways to end", () => !BOTH.some(runs));
    await joined.trafficPasses();
    await both((id) => labelGateway(lab, `${id}/gw1`, true));
    await both((id) => lists(lab, id, "gw1", BOTH));
    for (const id of BOTH) {
      await until(`gw2 of ${id} to let go of its cables`, () => isWorker(`${id}/gw2`));
      expect((await agent(`${id}/gw1`)).role).toBe("gateway");
    }
    await joined.trafficPasses();
    await steady.stopWithoutLoss();
  }, 400_000);
});
