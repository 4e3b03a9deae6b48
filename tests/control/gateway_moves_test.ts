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
      ["east/gw1", "west/gw1"],
      ["east/gw2", "west/gw2"],
      ["east/gw1", "west/gw2"],
      ["east/gw2", "west/gw1"],
      ["east/w1", "west/w1"],
    ] as const;
    return SteadyLoad.start(
      joined.lab,
      pairs.flatMap(([a, b]) => [[joined.pod(a), joined.pod(b)] as const, [joined.pod(b), joined.pod(a)] as const]),
      { every: 20 },
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

  const leaderOf = async (id: string) => {
    const active = (await joined.gateways(joined.lab.kube(id))).filter(({ status }) => status?.haStatus === "active");
    expect(active).toHaveLength(1);
    return active[0]?.metadata.name ?? "";
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

  test("lose nothing while both clusters send their leader away at the same moment, of which one does not give its lease up, and then both's only one gives way to another node", async () => {
    const { lab } = joined;
    const app = (id: string, name: string) => lab.kube(id).app(lab.node(`${id}/${name}`), "gateway");
    const leaders = new Map<string, string>();
    for (const id of BOTH) leaders.set(id, await leaderOf(id));
    const goes = (id: string) => leaders.get(id) ?? "";
    const stays = (id: string) => (goes(id) === "gw1" ? "gw2" : "gw1");
    const steady = await load();
    const both = (step: (id: string) => Promise<void>) => Promise.all(BOTH.map(step));
    // Its cluster has the next leader when the lease has run out: long after the other cluster.
    app("west", goes("west")).kill("SIGSTOP");
    await both((id) => labelGateway(lab, `${id}/${goes(id)}`, false));
    await both((id) => lists(lab, id, stays(id), BOTH));
    for (const id of BOTH) await until(`${goes(id)} of ${id} to let go of its cables`, () => isWorker(`${id}/${goes(id)}`));
    await joined.trafficPasses();
    // The labels are taken away first, and the apps with them.
    await both((id) => labelGateway(lab, `${id}/${stays(id)}`, false));
    const runs = (id: string) => app(id, stays(id)).pid !== undefined;
    await until("both gateways to end", () => !BOTH.some(runs));
    await joined.trafficPasses();
    await both((id) => labelGateway(lab, `${id}/${goes(id)}`, true));
    await both((id) => lists(lab, id, goes(id), BOTH));
    for (const id of BOTH) {
      await until(`${stays(id)} of ${id} to let go of its cables`, () => isWorker(`${id}/${stays(id)}`));
      expect((await agent(`${id}/${goes(id)}`)).role).toBe("gateway");
    }
    await joined.trafficPasses();
    await steady.stopWithoutLoss();
  }, 400_000);
});
