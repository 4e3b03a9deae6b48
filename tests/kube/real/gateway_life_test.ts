// SPDX-License-Identifier: Apache-2.0
/** The life of gateway nodes of real clusters under running traffic: labels that move, power that fails (docs/adr/0010). */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { kubeObstacle } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { JoinedLab, TWO_GATEWAYS, TWO_NODES } from "../../control/support/joined_lab.ts";
import { labelGateway, lists } from "../../control/support/listed_gateways.ts";
import { until } from "../../control/support/until.ts";
import { SteadyLoad } from "../../netns/support/steady_load.ts";
import { avoided } from "./support/avoided.ts";
import { ManyFlows } from "./support/many_flows.ts";

const BOTH = ["east", "west"];

describeIf(await kubeObstacle())("gateways of real clusters", () => {
  let joined: JoinedLab;

  beforeAll(async () => {
    joined = await JoinedLab.create(
      { east: TWO_GATEWAYS, west: TWO_NODES },
      { real: { east: { cni: "bridge" }, west: { cni: "routed", nodeCidrs: false, proxy: "iptables" } } },
    );
    await lists(joined.lab, "east", "gw1 gw2", BOTH);
  }, 300_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  const leader = async () => {
    const gateways = await joined.gateways(joined.lab.kube("east"));
    return gateways.find(({ status }) => status?.haStatus === "active")?.metadata.name;
  };
  const other = (name: string) => (name === "gw1" ? "gw2" : "gw1");

  test("lose nothing, either way and in both families, while the leader's label goes and comes back", async () => {
    const { lab } = joined;
    const name = await until("a leader", leader);
    const pairs = [
      ["east/gw1", "west/w1"],
      ["east/gw2", "west/gw1"],
      ["east/w1", "west/w1"],
    ] as const;
    const load = await SteadyLoad.start(
      lab,
      pairs.flatMap(([a, b]) => [[joined.pod(a), joined.pod(b)] as const, [joined.pod(b), joined.pod(a)] as const]),
    );
    await labelGateway(lab, `east/${name}`, false);
    await lists(lab, "east", other(name), BOTH);
    await joined.trafficPasses();
    await labelGateway(lab, `east/${name}`, true);
    await lists(lab, "east", "gw1 gw2", BOTH);
    await joined.trafficPasses();
    await load.stopWithoutLoss();
  }, 240_000);

  test.each([
    ["does not lead", false],
    ["leads", true],
  ])(
    "lose only what is under way over one that %s and loses power; it takes part again by itself",
    async (_, leads) => {
      const { lab } = joined;
      const leading = await until("a leader", leader);
      const name = leads ? leading : other(leading);
      const rest = other(name);
      const real = lab.kube("east").realNode(lab.node(`east/${name}`));
      const flows = await ManyFlows.start(lab, [
        [joined.pod("east/w1"), joined.pod("west/w1")],
        // These leave by their own node, so that half of them do not meet the other one, however flows are spread.
        [joined.pod(`east/${rest}`), joined.pod("west/w1")],
      ]);
      await real.kill();
      await lists(lab, "east", ["gw1", "gw2"].map((each) => (each === name ? `${each}:leaving` : each)).join(" "), BOTH);
      await until("the other one to lead", async () => (await leader()) === rest);
      await avoided(lab, lab.node(`east/${name}`));
      // From here on nobody sends to the dead one, and when it is back it is sent to once it is known.
      const load = await SteadyLoad.start(lab, [
        [joined.pod("east/w1"), joined.pod("west/w1")],
        [joined.pod("west/gw1"), joined.pod(`east/${rest}`)],
        [joined.pod(`east/${rest}`), joined.pod("west/w1")],
      ]);
      await real.start();
      await lists(lab, "east", "gw1 gw2", BOTH);
      await joined.renew(`east/${name}`, "west/w1");
      await load.stopWithoutLoss();
      const { untouched, unexplained, recovered, lost, longestGapMs } = await flows.stop();
      console.log(`${name} lost power: ${untouched} flows untouched, ${recovered} recovered, longest gap ${longestGapMs} ms`);
      expect({ lost, unexplained }).toEqual({ lost: [], unexplained: 0 });
      expect(untouched).toBeGreaterThan(0);
      expect(recovered).toBeGreaterThan(0);
      await joined.trafficPasses();
    },
    300_000,
  );
});
