// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import {
  address,
  type ClusterFile,
  cidr,
  clusterId,
  formatCidr,
  type GatewayPhase,
  type MemberCluster,
  type MemberEndpoint,
  nodeName,
} from "@strait/model";
import { Membership, planMembership } from "./membership.ts";
import type { MembershipPlan, MembershipView } from "./membership_view.ts";
import { memberEndpoint, memberNode, memberPod, ownCluster } from "./testing/membership_scenes.ts";

const base: MembershipView = { own: ownCluster, nodes: [memberNode(0), memberNode(1)], pods: [], joined: [], endpoints: [] };

function view(endpoints: readonly MemberEndpoint[], changes: Partial<MembershipView> = {}): MembershipView {
  return { ...base, endpoints, ...changes };
}

function fileOf(plan: MembershipPlan): ClusterFile {
  if (!plan.file) throw new TypeError(plan.problems.map(({ reason }) => reason).join("; "));
  return plan.file;
}

const clustersOf = (plan: MembershipPlan) =>
  fileOf(plan).clusters.map(({ id, subnets, gateways }) => `${id} ${subnets.map(formatCidr)} via ${gateways.map((g) => g.name)}`);
const subnetsOf = (plan: MembershipPlan, name: string) =>
  fileOf(plan)
    .nodes.find((node) => node.name === name)
    ?.subnets.map(formatCidr);

describe("planMembership", () => {
  test("makes a cluster file of what Kubernetes and the other clusters say", () => {
    const plan = planMembership(view([memberEndpoint(3), memberEndpoint(2)]));
    expect(plan.problems).toEqual([]);
    expect(fileOf(plan)).toMatchObject({ cluster: "c1", node: "n0", spread: true, log: "info" });
    expect(fileOf(plan).subnets.map(formatCidr)).toEqual(["100.1.0.0/16", "10.1.0.0/16", "fd01::/48"]);
    expect(fileOf(plan).nodes.map(({ name, gateway }) => [name, gateway])).toEqual([
      [nodeName("n0"), true],
      [nodeName("n1"), false],
    ]);
    expect(clustersOf(plan)).toEqual(["c2 100.2.0.0/16,10.2.0.0/16 via gw1", "c3 100.3.0.0/16,10.3.0.0/16 via gw1"]);
  });

  test.each<[string, Partial<MemberCluster>, string[] | undefined]>([
    ["those where no Service can be", {}, ["10.1.0.0/16", "fd01::/48"]],
    ["none around the Services'", { serviceCidrs: [cidr("10.1.96.0/20")], podCidrs: [cidr("10.1.0.0/16")] }, undefined],
    ["none where global addresses are announced", { globalCidrs: [cidr("242.1.0.0/16")] }, undefined],
  ])("says which subnets hold pods and nothing else: %s", (_name, change, expected) => {
    const cluster = { ...ownCluster.cluster, ...change };
    const { podSubnets } = fileOf(planMembership(view([], { own: { ...ownCluster, cluster } })));
    expect(podSubnets?.map(formatCidr)).toEqual(expected);
  });

  test("makes none without the own node or without subnets, and says so", () => {
    expect(planMembership(view([], { nodes: [memberNode(1)] }))).toEqual({
      file: undefined,
      problems: [{ object: "node n0", reason: "the API server has no usable Node object of this name yet" }],
    });
    const empty = { ...ownCluster, cluster: { ...ownCluster.cluster, serviceCidrs: [], podCidrs: [] } };
    expect(planMembership(view([], { own: empty })).problems[0]?.reason).toContain("no subnet of pods or Services is known");
  });

  test("takes the newest Endpoint of a cluster, and never one of the own", () => {
    const old = memberEndpoint(2, { createdAt: 5, subnets: [cidr("10.7.0.0/16")] });
    const twin = memberEndpoint(2, { uid: "uid-1" });
    const plan = planMembership(view([memberEndpoint(2), old, twin, memberEndpoint(1)]));
    expect(clustersOf(plan)).toEqual(["c2 100.2.0.0/16,10.2.0.0/16 via gw1"]);
  });

  test("lists every gateway, by the public addresses only where addresses are translated", () => {
    const gateways = ["GW_b", "gw-a"].map((hostname, i) => ({
      hostname,
      privateIps: [address(`172.31.200.${20 + i}`)],
      publicIps: [address(`198.51.100.${20 + i}`)],
      port: 4600,
      healthCheckIps: [],
    }));
    const ends = (natEnabled: boolean) =>
      fileOf(planMembership(view([memberEndpoint(2, { gateways, natEnabled })]))).clusters[0]?.gateways;
    expect(ends(false)).toEqual([
      { name: nodeName("gw-a"), addresses: [address("172.31.200.21")], port: 4600 },
      { name: nodeName("gw-b"), addresses: [address("172.31.200.20")], port: 4600 },
    ]);
    expect(ends(true)?.map((gateway) => gateway.addresses)).toEqual([[address("198.51.100.21")], [address("198.51.100.20")]]);
  });

  test("refuses a cluster with another cable driver and says which", () => {
    const plan = planMembership(view([memberEndpoint(2, { backend: "libreswan" })]));
    expect(clustersOf(plan)).toEqual([]);
    expect(plan.problems).toEqual([{ object: "cluster c2", reason: expect.stringContaining("cable driver is libreswan") }]);
  });
});

describe("Overlapping subnets", () => {
  test("of a new cluster with ours refuse it", () => {
    const plan = planMembership(view([memberEndpoint(2, { subnets: [cidr("10.1.128.0/17"), cidr("10.2.0.0/16")] })]));
    expect(clustersOf(plan)).toEqual([]);
    const reason = "10.1.128.0/17 overlaps 10.1.0.0/16 of cluster c1, so it is not joined: give one of them other subnets";
    expect(plan.problems).toEqual([{ object: "cluster c2", reason }]);
  });

  test("of two clusters refuse the one that joined later, whatever the age of their Endpoints", () => {
    const two = [memberEndpoint(2, { createdAt: 900 }), memberEndpoint(3, { createdAt: 100, subnets: [cidr("10.2.0.0/24")] })];
    const joined = [
      { id: clusterId("c2"), createdAt: 1 },
      { id: clusterId("c3"), createdAt: 2 },
    ];
    expect(clustersOf(planMembership(view(two, { joined })))).toEqual(["c2 100.2.0.0/16,10.2.0.0/16 via gw1"]);
    expect(clustersOf(planMembership(view(two)))).toEqual(["c3 10.2.0.0/24 via gw1"]);
  });

  test("cannot take anything from a cluster that has it, even where it joined later", () => {
    const before = fileOf(planMembership(view([memberEndpoint(3)])));
    const thief = memberEndpoint(2, { createdAt: 1, subnets: [cidr("10.3.0.0/16")] });
    const plan = planMembership(view([memberEndpoint(3), thief]), before);
    expect(clustersOf(plan)).toEqual(["c3 100.3.0.0/16,10.3.0.0/16 via gw1"]);
    expect(plan.problems[0]).toEqual({ object: "cluster c2", reason: expect.stringContaining("10.3.0.0/16 of cluster c3") });
  });

  test("that a joined cluster adds leave it what it had", () => {
    const before = fileOf(planMembership(view([memberEndpoint(2), memberEndpoint(3)])));
    const greedy = memberEndpoint(2, { subnets: [cidr("10.0.0.0/8"), cidr("100.2.0.0/16")] });
    const plan = planMembership(view([greedy, memberEndpoint(3)]), before);
    expect(clustersOf(plan)).toEqual(["c2 100.2.0.0/16,10.2.0.0/16 via gw1", "c3 100.3.0.0/16,10.3.0.0/16 via gw1"]);
    expect(fileOf(plan).clusters).toEqual(before.clusters);
    expect(plan.problems[0]?.reason).toContain("it keeps the subnets it had");
  });

  test("are free again when the cluster that had them leaves", () => {
    const before = fileOf(planMembership(view([memberEndpoint(3)])));
    const heir = memberEndpoint(2, { subnets: [cidr("10.3.0.0/16")] });
    expect(clustersOf(planMembership(view([heir]), before))).toEqual(["c2 10.3.0.0/16 via gw1"]);
  });

  test("with a node of ours are refused, also of a cluster that had them", () => {
    const before = fileOf(planMembership(view([memberEndpoint(2)])));
    const nodes = [memberNode(0), memberNode(1, { addresses: [address("10.2.3.4")] })];
    const plan = planMembership(view([memberEndpoint(2)], { nodes }), before);
    expect(clustersOf(plan)).toEqual(["c2 100.2.0.0/16 via gw1"]);
    expect(plan.problems[0]?.reason).toContain("10.2.3.4/32 of node n1");
    expect(fileOf(plan).nodes.length).toBe(2);
  });

  test("inside one cluster are one", () => {
    const plan = planMembership(view([memberEndpoint(2, { subnets: ["10.2.4.0/24", "10.2.0.0/16", "10.2.0.0/16"].map(cidr) })]));
    expect(clustersOf(plan)).toEqual(["c2 10.2.0.0/16 via gw1"]);
  });
});

describe("A gateway of another cluster is left out", () => {
  const gateway = (hostname: string, ip: string) => ({
    hostname,
    privateIps: [address(ip)],
    publicIps: [],
    port: 4500,
    healthCheckIps: [],
  });
  test.each<[string, string, string, string]>([
    ["where its address is a node's of ours", "gw2", "172.31.1.1", "172.31.1.1/32 of node n0"],
    ["where its address is inside our subnets", "gw2", "10.1.0.9", "10.1.0.0/16 of cluster c1"],
    ["where its address is inside its own subnets", "gw2", "10.2.0.9", "10.2.0.0/16 of cluster c2"],
    ["where its address is another gateway's", "gw2", "172.31.200.2", "another gateway's of the cluster"],
    ["where its name is another gateway's", "GW1", "172.31.200.9", "the same name"],
    ["where its name is no name", "..", "172.31.200.9", "no node name"],
  ])("%s", (_, hostname, ip, reason) => {
    const plan = planMembership(view([memberEndpoint(2, { gateways: [gateway("gw1", "172.31.200.2"), gateway(hostname, ip)] })]));
    expect(fileOf(plan).clusters[0]?.gateways.length).toBe(1);
    expect(plan.problems).toEqual([{ object: expect.stringContaining("gateway c2/"), reason: expect.stringContaining(reason) }]);
  });

  test("where it is another cluster's, which keeps it", () => {
    const plan = planMembership(view([memberEndpoint(2), memberEndpoint(3, { gateways: [gateway("gw1", "172.31.200.2")] })]));
    expect(clustersOf(plan)).toEqual(["c2 100.2.0.0/16,10.2.0.0/16 via gw1", "c3 100.3.0.0/16,10.3.0.0/16 via "]);
  });
});

describe("A node's subnets", () => {
  test("are its pod CIDRs, and its pods where it has none or they lie elsewhere", () => {
    const nodes = [memberNode(0), memberNode(1, { podCidrs: [] })];
    const pods = [memberPod("10.1.0.5", 0), memberPod("10.1.7.7", 0), memberPod("10.1.0.6", 1), memberPod("fd01::9", 1)];
    const plan = planMembership(view([], { nodes, pods }));
    expect(subnetsOf(plan, "n0")).toEqual(["10.1.0.0/24", "10.1.7.7/32", "fd01::/64"]);
    expect(subnetsOf(plan, "n1")).toEqual(["10.1.0.6/32", "fd01::9/128"]);
    expect(plan.problems).toEqual([]);
  });

  test("hold an address that two pods have on the node of the newer one", () => {
    const nodes = [memberNode(0, { podCidrs: [] }), memberNode(1, { podCidrs: [] })];
    const pods = [memberPod("10.1.5.5", 0, { key: "a/old" }), memberPod("10.1.5.5", 1, { key: "a/new", createdAt: 2000 })];
    const plan = planMembership(view([], { nodes, pods }));
    expect([subnetsOf(plan, "n0"), subnetsOf(plan, "n1")]).toEqual([[], ["10.1.5.5/32"]]);
  });

  test("leave out what the cluster does not announce, told once for all pods", () => {
    const nodes = [memberNode(0, { podCidrs: [cidr("10.9.0.0/24")] }), memberNode(1)];
    const pods = [1, 2, 3].map((n) => memberPod(`10.8.0.${n}`, 1));
    const plan = planMembership(view([], { nodes, pods }));
    expect(subnetsOf(plan, "n0")).toEqual([]);
    expect(plan.problems.map(({ object, reason }) => `${object}: ${reason}`)).toEqual([
      expect.stringContaining("node n0: its pod subnet 10.9.0.0/24 is not inside"),
      expect.stringContaining("pods: pod 10.8.0.1 and 2 other pods cannot be reached"),
    ]);
  });

  test("belong to one node where two have the same", () => {
    const twin = memberNode(1, { podCidrs: [cidr("10.1.0.0/24")] });
    const plan = planMembership(view([], { nodes: [twin, memberNode(0)] }));
    expect(subnetsOf(plan, "n1")).toEqual([]);
    expect(plan.problems).toEqual([{ object: "node n1", reason: "its pod subnet 10.1.0.0/24 is node n0's too, which keeps it" }]);
  });
});

test("A node that is not ready stays a gateway and is told apart", () => {
  const nodes = [memberNode(0), memberNode(1, { gateway: true, ready: false })];
  expect(fileOf(planMembership(view([], { nodes }))).nodes.map(({ gateway, ready }) => [gateway, ready])).toEqual([
    [true, undefined],
    [true, false],
  ]);
});

test("Membership keeps a gateway that lost its label until its cluster has let it go, and says who is on standby", () => {
  const membership = new Membership();
  membership.own(ownCluster);
  for (const n of [0, 1, 2]) membership.putNode(memberNode(n, { gateway: n < 2 }));
  const parts = () =>
    Object.fromEntries(
      fileOf(membership.plan()).nodes.map(({ name, gateway, standby, left }) => [
        name as string,
        gateway && (left ? `left${standby ? " and on standby" : ""}` : standby ? "standby" : "part"),
      ]),
    );
  const list = (text: string) =>
    membership.putListed(
      text.split(" ").map((word) => {
        const [name = "", phase] = word.split(":") as [string, GatewayPhase?];
        return { name: nodeName(name), ...(phase && { phase }) };
      }),
    );
  expect(parts()).toEqual({ n0: "part", n1: "part", n2: false });
  list("n0 n1:joining");
  expect(parts()).toEqual({ n0: "part", n1: "standby", n2: false });
  membership.takePart(nodeName("n1"));
  expect(parts()).toEqual({ n0: "part", n1: "part", n2: false });
  list("n0 n1");
  membership.takePart(undefined);
  const { nodes } = fileOf(membership.plan());
  list("n0 n1");
  membership.putNode(memberNode(2));
  expect(fileOf(membership.plan()).nodes).toBe(nodes);
  membership.putNode(memberNode(0, { gateway: false }));
  expect(parts()).toEqual({ n0: "standby", n1: "part", n2: false });
  list("n0:leaving n1");
  expect(parts()).toEqual({ n0: "standby", n1: "part", n2: false });
  list("n0:left n1");
  expect(parts()).toEqual({ n0: "left and on standby", n1: "part", n2: false });
  membership.putNode(memberNode(0, { gateway: true }));
  expect(parts()).toEqual({ n0: "standby", n1: "part", n2: false });
  membership.putNode(memberNode(0, { gateway: false }));
  expect(parts()).toEqual({ n0: "left and on standby", n1: "part", n2: false });
  list("n1");
  expect(parts()).toEqual({ n0: false, n1: "part", n2: false });
  membership.deleteNode(nodeName("n1"));
  list("n1 n2:joining");
  expect(parts()).toEqual({ n0: false, n2: "part" });
});

describe("Membership keeps what did not change", () => {
  function scene(): Membership {
    const membership = new Membership();
    membership.own(ownCluster);
    for (const n of [0, 1, 2]) membership.putNode(memberNode(n));
    for (const c of [2, 3]) membership.putEndpoint(`e${c}`, memberEndpoint(c));
    return membership;
  }

  test("where nothing was said", () => {
    const membership = scene();
    expect(membership.plan()).toBe(membership.plan());
  });

  test("where the same was said again", () => {
    const membership = scene();
    const before = fileOf(membership.plan());
    membership.putNode(memberNode(1));
    membership.putEndpoint("e2", memberEndpoint(2, { uid: "uid-9", createdAt: 5000 }));
    membership.own(structuredClone(ownCluster));
    const after = fileOf(membership.plan());
    expect(after.nodes).toBe(before.nodes);
    expect(after.clusters).toBe(before.clusters);
    expect(after.subnets).toBe(before.subnets);
  });

  test("where a pod came and went", () => {
    const membership = scene();
    const before = fileOf(membership.plan());
    membership.putPod(memberPod("10.1.77.1", 1));
    const after = fileOf(membership.plan());
    expect(after.clusters).toBe(before.clusters);
    expect(after.nodes[0]).toBe(before.nodes[0] as never);
    expect(after.nodes[1]?.subnets.map(formatCidr)).toEqual(["10.1.1.0/24", "10.1.77.1/32", "fd01:0:0:1::/64"]);
    expect(after.nodes[1]?.subnets[0]).toBe(before.nodes[1]?.subnets[0] as never);
    membership.deletePod("default/p-10.1.77.1");
    expect(fileOf(membership.plan()).nodes[1]).toEqual(before.nodes[1] as never);
  });

  test("where another cluster changed", () => {
    const membership = scene();
    const before = fileOf(membership.plan());
    membership.putEndpoint("e2", memberEndpoint(2, { subnets: [cidr("10.2.0.0/16")] }));
    const after = fileOf(membership.plan());
    expect(after.nodes).toBe(before.nodes);
    expect(after.clusters[1]).toBe(before.clusters[1] as never);
    expect(after.clusters[0]?.subnets[0]).toBe(before.clusters[0]?.subnets[1] as never);
    membership.deleteEndpoint("e2");
    expect(fileOf(membership.plan()).clusters).toEqual([before.clusters[1] as never]);
  });

  test("and takes a cluster's subnets back after a restart", () => {
    const before = fileOf(scene().plan());
    expect(fileOf(planMembership(view([memberEndpoint(2), memberEndpoint(3)]), before)).clusters).toBe(before.clusters);
  });

  test("at 5 000 nodes and 100 000 pods a change costs about as much as at 100", () => {
    const membership = new Membership();
    membership.own(ownCluster);
    for (let n = 0; n < 5000; n++) {
      const addresses = [address(`172.${16 + (n >> 8)}.${n & 255}.1`)];
      membership.putNode({ name: nodeName(`n${n}`), addresses, podCidrs: [], gateway: n === 0, ready: true });
    }
    const pod = (p: number, ip: number) =>
      memberPod(`10.1.${(ip >> 8) & 255}.${ip & 255}`, p % 5000, { key: `default/p${p}`, createdAt: p });
    for (let p = 0; p < 60_000; p++) membership.putPod(pod(p, p));
    let file = fileOf(membership.plan());
    const started = performance.now();
    for (let i = 0; i < 50; i++) {
      membership.putPod(pod(i, 60_000 + i));
      const next = fileOf(membership.plan());
      expect(next.nodes.filter((node, n) => node !== file.nodes[n]).length).toBe(1);
      file = next;
    }
    const each = (performance.now() - started) / 50;
    expect(each).toBeLessThan(20);
  });
});
