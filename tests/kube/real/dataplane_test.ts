// SPDX-License-Identifier: Apache-2.0
/**
 * What packets do between real clusters: three kinds of CNI, flannel's overlay one of them, kube-proxy in both modes and none, every
 * placement of the data-path list, workloads of every kind, the clusters' own DNS, and somebody else's programs at the same interfaces.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { DENIED_PORT, findLeftovers, kubeObstacle, nothingLeft, type Place } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { JoinedLab, TWO_NODES } from "../../control/support/joined_lab.ts";
import { until } from "../../control/support/until.ts";
import { Bystander } from "./support/bystander.ts";
import { machineState } from "./support/machine_state.ts";
import { resolve } from "./support/resolve.ts";
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
  /** Who stands at the interfaces of north's nodes since before Strait came, the gateway's first. */
  const earlier: Bystander[] = [];

  beforeAll(async () => {
    joined = await JoinedLab.create(
      { east: TWO_NODES, west: TWO_NODES, north: TWO_NODES },
      {
        real: {
          east: { cni: "bridge", proxy: "nftables", dns: true },
          west: { cni: "routed", proxy: "iptables", nodeCidrs: false },
          north: { cni: "flannel", proxy: "none", dns: true },
        },
        before: async (lab) => {
          for (const node of lab.nodes.filter(({ cluster }) => cluster === "north")) {
            earlier.push(await Bystander.start(node, node.gateway ? ["eth0", "eth1"] : ["eth0"]));
          }
        },
      },
    );
  }, 300_000);
  afterAll(async () => {
    for (const bystander of earlier) bystander[Symbol.dispose]();
    await joined?.[Symbol.asyncDispose]();
  });

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

  test("stand beside programs that were there before them, and stay when those are taken away", async () => {
    const { lab } = joined;
    const node = lab.node("north/gw1");
    const [atGateway] = earlier;
    if (atGateway === undefined) throw new Error("nobody stood there");
    const before = await atGateway.seen();
    const load = await joined.load("north", "east");
    await lab.ping(joined.pod("east/gw1"), joined.pod("north/gw1"), { count: 20 });
    await lab.ping(lab.node("north/w1"), node, { count: 20 });
    const after = await atGateway.seen();
    expect(after.tcx).toBeGreaterThan(before.tcx + 20);
    expect(after.clsact).toBeGreaterThan(before.clsact + 20);
    const { pid } = lab.kube("north").app(node, "routeagent");
    atGateway[Symbol.dispose]();
    await joined.trafficPasses(["north", "east"]);
    await load.stopWithoutLoss();
    expect(lab.kube("north").app(node, "routeagent").pid).toBe(pid ?? 0);
  }, 120_000);

  test("answer pods' questions by their own DNS, over both families of its Service", async () => {
    const { lab } = joined;
    const { workstation } = lab;
    for (const cluster of ["east", "north"]) {
      await workstation.kubectl(cluster, ["-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=60s"]);
      const service = { kind: "Service", apiVersion: "v1", metadata: { name: "by-name" } };
      const spec = { ipFamilyPolicy: "RequireDualStack", selector: { app: "nobody" }, ports: [{ port: 80 }] };
      await workstation.kubectl(cluster, ["apply", "-f", "-"], { stdin: JSON.stringify({ ...service, spec }) });
      const addresses = (name: string) =>
        workstation.kubectl(cluster, ["get", "service", name, "-o", "jsonpath={.spec.clusterIPs[*]}"]);
      const [api = ""] = (await addresses("kubernetes")).split(" ");
      const [v4 = "", v6 = ""] = (await addresses("by-name")).split(" ");
      for (const label of [`${cluster}/gw1`, `${cluster}/w1`]) {
        const pod = joined.pod(label);
        expect(await resolve(pod, "kubernetes.default.svc.cluster.local", 4)).toEqual([api]);
        // The API server may have said no such name a moment ago, and that is remembered for some seconds.
        await until(`${label} to find by-name`, async () => (await resolve(pod, "by-name", 4))[0] === v4, 60_000);
        expect(await resolve(pod, "by-name", 6)).toEqual([v6]);
        expect(await resolve(pod, "nobody-has-this-name", 4)).toEqual([]);
      }
    }
  }, 120_000);

  test("say which of two networks a node's pods are wired by, and go on", async () => {
    const { lab } = joined;
    const kube = lab.kube("east");
    const other = `${kube.realNode(lab.node("east/w1")).dir}/cni-net/20-other.conflist`;
    const failure = async () => {
      const path = "/apis/submariner.io/v1/namespaces/submariner-operator/routeagents/w1";
      return ((await kube.request({ method: "GET", path })) as { status: { statusFailure: string } }).status.statusFailure;
    };
    await Bun.write(other, JSON.stringify({ cniVersion: "1.0.0", name: "other", plugins: [{ type: "ptp" }] }));
    const told =
      "pods are wired by 10-podnet.conflist (network podnet by bridge), whose file comes first, and never by 20-other.conflist";
    await until("the node's RouteAgent to name both", async () => (await failure()).includes(told), 30_000);
    expect((await kube.app(lab.node("east/w1"), "routeagent").fetch("/readyz")).ok).toBe(true);
    await rm(other);
    await until("the node's RouteAgent to be content", async () => (await failure()) === "", 30_000);
  }, 90_000);

  test("leave programs that stood there before where they are when one of them is uninstalled", async () => {
    const { lab } = joined;
    const [, atWorker] = earlier;
    if (atWorker === undefined) throw new Error("nobody stood there");
    const load = await joined.load("east", "west");
    await lab.workstation.run(["strait", "uninstall", "--context", "north", "--yes"]);
    const before = await atWorker.seen();
    await lab.ping(lab.node("north/gw1"), lab.node("north/w1"), { count: 20 });
    const after = await atWorker.seen();
    expect(after.tcx).toBeGreaterThanOrEqual(before.tcx + 20);
    expect(after.clsact).toBeGreaterThanOrEqual(before.clsact + 20);
    await load.stopWithoutLoss();
  }, 120_000);

  // The last one: it takes the lab down.
  test("leave nothing on the machine", async () => {
    const { id } = joined.lab;
    for (const bystander of earlier) bystander[Symbol.dispose]();
    await joined[Symbol.asyncDispose]();
    expect(nothingLeft(findLeftovers(id))).toBe(true);
    expect(machineState(id)).toEqual(before);
  }, 60_000);
});
