// SPDX-License-Identifier: Apache-2.0
/**
 * What packets do between real clusters: three kinds of CNI, kube-proxy in both modes and none, every placement of the data-path
 * list, workloads of every kind, and somebody else's programs at the same interfaces.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { DENIED_PORT, findLeftovers, kubeObstacle, nothingLeft, type Place } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { JoinedLab, TWO_NODES } from "../../control/support/joined_lab.ts";
import { until } from "../../control/support/until.ts";
import { Bystander } from "./support/bystander.ts";
import { machineState } from "./support/machine_state.ts";
import { startWorkloads } from "./support/workloads.ts";

interface Verdict {
  readonly ok: boolean;
  readonly passed: number;
  readonly checks: readonly {
    readonly check: string;
    readonly family: number;
    readonly result: string;
    readonly reason?: string;
  }[];
}

describeIf(await kubeObstacle())("three real clusters of different networks", () => {
  let joined: JoinedLab;
  const before = machineState();

  beforeAll(async () => {
    joined = await JoinedLab.create(
      { east: TWO_NODES, west: TWO_NODES, north: TWO_NODES },
      {
        real: {
          east: { cni: "bridge", proxy: "nftables" },
          west: { cni: "routed", proxy: "iptables", nodeCidrs: false },
          north: { cni: "ptp", proxy: "none" },
        },
      },
    );
  }, 180_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  for (const [from, to] of [
    ["east", "west"],
    ["west", "north"],
    ["north", "east"],
  ] as const) {
    test(`pass the list of strait verify from ${from} to ${to}`, async () => {
      const argv = ["strait", "verify", "--context", from, "--tocontext", to, "-o", "json", "--connection-timeout", "10"];
      const { stdout, stderr } = await joined.lab.workstation.exec(argv);
      const verdict = JSON.parse(stdout || `{"ok":false,"reason":${JSON.stringify(stderr)}}`) as Verdict;
      expect(verdict.checks?.filter(({ result }) => result !== "passed") ?? [verdict]).toEqual([]);
      // Two of the gateways' status, eleven of packets over both families.
      expect(verdict.passed).toBe(2 + 11 * 2);
    }, 180_000);
  }

  test("carry what Deployments, DaemonSets and host-network pods of one serve to those of another, by pod and by Service", async () => {
    const { lab } = joined;
    const made = await Promise.all(lab.clusterList.map(({ id }) => startWorkloads(lab, id)));
    const [pods, services] = [made.flatMap((each) => each.pods), made.flatMap((each) => each.services)];
    expect([pods.length, services.length]).toEqual([3 * (2 + 2), 3 * 3]);
    // Every node's own network too: that is where host-network pods are.
    const sources: readonly Place[] = [...pods, ...lab.nodes];
    // So that something answers behind every Service, wherever it leads.
    await Promise.all([...pods, ...lab.nodes].map((place) => lab.traffic.driver(place)));
    const failed: string[] = [];
    for (const to of [...pods, ...services]) {
      for (const from of sources.filter(({ cluster }) => cluster !== to.cluster)) {
        for (const family of [4, 6] as const) {
          const { ok, reason } = await lab.tcp(from, to, { family, bytes: 20_000 });
          if (!ok) failed.push(`${from.label} → ${to.label} over IPv${family}: ${reason}`);
        }
      }
    }
    expect(failed).toEqual([]);
  }, 120_000);

  test("leave a node's own policy in force for what comes from another cluster, and go past the stack where there is none", async () => {
    const { lab } = joined;
    for (const node of lab.nodes) {
      const answer = await lab.kube(node.cluster).app(node, "routeagent").fetch("/status");
      const { delivery } = (await answer.json()) as { readonly delivery: { readonly way: string } };
      expect([node.label, delivery.way]).toEqual([node.label, node.cluster === "west" ? "stack" : "direct"]);
    }
    const [from, to] = [joined.pod("east/w1"), joined.pod("west/w1")];
    for (const family of [4, 6] as const) {
      const passed = await lab.udp(from, to, { family, tries: 3 });
      expect(passed).toMatchObject({ received: true, sourceSeen: from.address(family) });
      // Nobody listens at either port: where no policy is in the way that is said at once.
      const script = `const attempt = (port) => Promise.race([
        new Promise((told) => Bun.connect({ hostname: "${to.address(family)}", port, socket: { data() {}, connectError: (_, { code }) => told(code) } }).catch(() => {})),
        Bun.sleep(1500).then(() => "silence"),
      ]);
      console.log(await attempt(${DENIED_PORT + 1}), await attempt(${DENIED_PORT}));
      process.exit();`;
      const { stdout } = await from.exec([process.execPath, "-e", script]);
      expect(stdout.trim()).toBe("ECONNREFUSED silence");
    }
  }, 60_000);

  test("go on beside another's BPF programs on the same interfaces, and those go on too", async () => {
    const { lab } = joined;
    const node = lab.node("east/gw1");
    using bystander = await Bystander.start(node, ["eth0", "eth1", "cni0"]);
    const agent = lab.kube("east").app(node, "routeagent");
    const before = await bystander.seen();
    const load = await joined.load();
    await joined.trafficPasses(["east", "west"]);
    const { pid } = agent;
    agent.kill();
    await until(`${agent.label} to be ready again`, async () => agent.pid !== pid && (await agent.fetch("/readyz")).ok);
    await lab.ping(lab.node("east/w1"), node, { count: 20 });
    await load.stopWithoutLoss();
    const after = await bystander.seen();
    expect(after.tcx).toBeGreaterThan(before.tcx + 20);
    expect(after.clsact).toBeGreaterThan(before.clsact + 20);
  }, 120_000);

  // The last one: it takes the lab down.
  test("leave nothing on the machine", async () => {
    const { id } = joined.lab;
    await joined[Symbol.asyncDispose]();
    expect(nothingLeft(findLeftovers(id))).toBe(true);
    expect(machineState(id)).toEqual(before);
  }, 60_000);
});
