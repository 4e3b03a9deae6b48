// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import {
  address,
  type ClusterFile,
  cidr,
  clusterId,
  emptyRows,
  formatAddress,
  formatCidr,
  type HopRow,
  hostCidr,
  ifIndex,
  linkMtu,
  mac,
  mapNames,
  type NodeFacts,
  parseClusterFile,
  SLOTS,
} from "@strait/model";
import { GatewayPlanner } from "./gateway_planner.ts";
import { planAgent } from "./plan_agent.ts";
import { planGateway } from "./plan_gateway.ts";
import { blockRoute, factsOf, merged } from "./testing/scenes.ts";

function fileOf(node: string, change: (text: string) => string = (text) => text): ClusterFile {
  const text = `
cluster: east
node: ${node}
subnets: [10.1.0.0/16]
nodes:
  - { name: gw1, addresses: [172.31.1.2, "fd31:1::2"], subnets: [10.1.0.0/24], gateway: true }
  - { name: gw2, addresses: [172.31.1.4], subnets: [10.1.2.0/24], gateway: true }
  - { name: w1, addresses: [172.31.1.3], subnets: [10.1.1.0/24] }
  - { name: w2, addresses: [172.31.1.5], subnets: [10.1.3.0/24] }
clusters:
  - { id: west, subnets: [10.2.0.0/16, 10.3.0.0/16], gateways: [{ name: gw1, addresses: [172.31.200.3] }] }
`;
  const parsed = parseClusterFile(change(text));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.reasons));
  return parsed.value;
}

function plan(node: string, facts: (facts: NodeFacts) => NodeFacts = (f) => f, change?: (text: string) => string) {
  const file = fileOf(node, change);
  return planAgent(file, facts(factsOf(file)), emptyRows());
}

describe("planAgent on a worker", () => {
  test("sends to the gateways of its cluster and to nobody else", () => {
    const hops = [...plan("w1").rows.hops.values()];
    expect(hops.map((hop) => [hop.index, hop.remote])).toEqual([
      [1, address("172.31.1.2")],
      [2, address("172.31.1.4")],
    ]);
    const expected: HopRow = {
      index: 1,
      remote: address("172.31.1.2"),
      local: address("172.31.1.3"),
      via: address("172.31.1.2"),
      ifindex: ifIndex(2),
      kind: "node",
      vni: 100,
      port: 4800,
      mtu: expect.anything() as never,
      localMac: mac("02:53:ac:1f:01:03"),
      remoteMac: mac("02:53:ac:1f:01:02"),
      owner: "agent",
    };
    expect(hops[0]).toEqual(expected);
    expect(Number(hops[0]?.mtu)).toBe(1450);
  });

  test.each<[what: string, gw1: string, gw2: string, wanted: string[]]>([
    ["both that take part", "", "", ["172.31.1.2", "172.31.1.4"]],
    ["not one on standby, whose packets it takes", ", standby: true", "", ["172.31.1.4"]],
    ["one that takes part and is not ready rather than one on standby", ", standby: true", ", ready: false", ["172.31.1.4"]],
    ["both where both are on standby", ", standby: true", ", standby: true", ["172.31.1.2", "172.31.1.4"]],
    ["not one that has left, whose packets it takes", ", standby: true, left: true", "", ["172.31.1.4"]],
    [
      "one on standby and not ready rather than one that has left",
      ", standby: true, left: true",
      ", standby: true, ready: false",
      ["172.31.1.4"],
    ],
    ["nobody where all have left", ", standby: true, left: true", ", left: true", []],
  ])("spreads over %s", (_, gw1, gw2, wanted) => {
    const change = (text: string) =>
      text.replace("10.1.0.0/24], gateway: true", `$&${gw1}`).replace("10.1.2.0/24], gateway: true", `$&${gw2}`);
    const { rows } = plan("w1", undefined, change);
    const used = new Set(
      [...rows.slots.values()].map(({ hop }) => formatAddress(rows.hops.get(String(hop))?.remote ?? address("::"))),
    );
    expect([...used].sort()).toEqual(wanted);
    const gateways = [...rows.peers.values()].filter(({ flags }) => flags.includes("gateway"));
    expect(gateways.map((peer) => formatAddress(peer.address)).sort()).toEqual(["172.31.1.2", "172.31.1.4"]);
  });

  test("leads every remote subnet to the other cluster over slots that share the gateways", () => {
    const { rows } = plan("w1");
    expect(rows.subnets.get("10.2.0.0/16")).toEqual({ prefix: cidr("10.2.0.0/16"), kind: "remote", cluster: 1 });
    const slots = [...rows.slots.values()];
    expect(slots.filter((slot) => slot.cluster === 1 && slot.hop === 1)).toHaveLength(SLOTS / 2);
    expect(slots).toHaveLength(SLOTS);
  });

  test.each<[string, (text: string) => string, number[]]>([
    [
      "one of two is not ready: all flows to the other",
      (text) => text.replace("gateway: true }", "gateway: true, ready: false }"),
      [2],
    ],
    [
      "none is ready: all of them, as before",
      (text) => text.replaceAll("gateway: true }", "gateway: true, ready: false }"),
      [1, 2],
    ],
  ])("prefers gateways that are ready: %s", (_name, change, hops) => {
    const { rows } = plan("w1", undefined, change);
    expect([...new Set([...rows.slots.values()].map((slot) => slot.hop))].sort()).toEqual(hops);
    expect(rows.hops.size).toBe(2);
    expect(rows.peers.get("intra 172.31.1.2")?.flags).toEqual(["node", "gateway"]);
  });

  test("takes its own pods only for here: its subnet, the pods it sees, and what the CNI gave the node itself", () => {
    const seen = address("10.1.77.5");
    const pod = { name: "cali1", ifindex: ifIndex(21), mac: mac("02:00:00:00:00:21"), sources: [hostCidr(seen)] };
    const { rows } = plan("w1", (facts) => ({
      ...facts,
      podInterfaces: [{ ...pod, pods: [{ address: seen }, { address: address("192.168.7.1") }] }],
      hostAddresses: [address("172.31.1.3"), address("10.1.77.1"), address("10.1.77.1")],
    }));
    const local = [...rows.subnets.values()].filter((row) => row.kind !== "remote");
    expect(local.map((row) => [formatCidr(row.prefix), row.kind, row.kind === "here" && row.owner])).toEqual([
      ["10.1.1.0/24", "here", "agent"],
      ["10.1.77.5/32", "here", "agent"],
      ["10.1.77.1/32", "here", "agent"],
    ]);
  });

  test("leaves routes of the CNI to gateways: it forwards for nobody", () => {
    const { rows } = plan("w1", (facts) => ({
      ...facts,
      podRoutes: [blockRoute(address("10.1.64.0"), 0, address("172.31.1.2"))],
    }));
    expect([...rows.subnets.values()].some((row) => row.kind === "node")).toBe(false);
  });

  test("lets every node speak on the intra port, marks gateways and itself", () => {
    const { rows } = plan("w1");
    const peers = [...rows.peers.values()].map((p) => `${p.role} ${p.address.value & 0xffn} ${p.flags.join("+")} ${p.hop}`);
    expect(peers.sort()).toEqual(["intra 2 node+gateway 1", "intra 3 self 0", "intra 4 node+gateway 2", "intra 5 node 0"]);
  });

  test("routes remote subnets over strait0 with an own pod-side address as source", () => {
    const { routes, ownsRoutes, links } = plan("w1");
    expect(routes.map((r) => ({ ...r, mtu: Number(r.mtu) }))).toEqual(
      ["10.2.0.0/16", "10.3.0.0/16"].map((to) => ({
        destination: cidr(to),
        ifindex: ifIndex(9),
        mtu: 1450,
        source: address("10.1.1.1"),
      })),
    );
    expect(ownsRoutes).toBe(true);
    expect(links).toEqual([{ name: "strait0", port: 4800, mac: mac("02:53:ac:1f:01:03"), mtu: 65485 }]);
  });

  test("takes the narrowest of path, uplink and config for the MTU", () => {
    const narrow = (facts: NodeFacts): NodeFacts => ({ ...facts, paths: facts.paths.map((p) => ({ ...p, mtu: linkMtu(1400) })) });
    expect(Number([...plan("w1", narrow).rows.hops.values()][0]?.mtu)).toBe(1350);
    const file = plan("w1", undefined, (text) => `${text}mtu: 1300\n`);
    expect(Number(file.routes[0]?.mtu)).toBe(1250);
  });

  test("keeps remote subnets and drops their packets where no gateway can be reached, and says so", () => {
    const lost = plan("w1", (facts) => ({ ...facts, paths: [] }));
    expect(lost.rows.slots.size).toBe(0);
    expect(lost.rows.subnets.has("10.2.0.0/16")).toBe(true);
    expect(lost.routes).toHaveLength(2);
    expect(lost.problems.map((p) => p.object)).toEqual(["cluster east", "node gw1", "node gw2"]);
    expect(lost.problems[1]?.reason).toContain("no route leads to 172.31.1.2 or fd31:1::2: add one");
  });

  test("knows its pods and what may come from them, and tells of a pod that is there twice", () => {
    const pod = (n: number) => ({
      name: `veth${n}`,
      ifindex: ifIndex(n),
      mac: mac(`02:00:00:00:00:${n}`),
      sources: [hostCidr(address("10.1.1.7"))],
      pods: [{ address: address("10.1.1.7") }],
    });
    const { rows, attach, problems } = plan("w1", (facts) => ({ ...facts, podInterfaces: [pod(22), pod(21)] }));
    expect([...rows.pods.values()]).toEqual([
      { address: address("10.1.1.7"), ifindex: ifIndex(21), hostMac: mac("02:00:00:00:00:21") },
    ]);
    expect([...rows.sources.keys()]).toEqual(["21 10.1.1.7/32", "22 10.1.1.7/32"]);
    expect(attach).toEqual({ uplinks: [ifIndex(2), ifIndex(3)], pods: [ifIndex(21), ifIndex(22)] });
    expect(problems.map((p) => p.object)).toEqual(["pod 10.1.1.7"]);
  });
});

describe("planAgent on a gateway node", () => {
  test("leads to the pods of every other node and leaves the other clusters to the gateway app", () => {
    const quiet = (facts: NodeFacts): NodeFacts => ({ ...facts, podInterfaces: [], hostAddresses: [], podRoutes: [] });
    const { rows, routes, ownsRoutes } = plan("gw1", quiet);
    expect([...rows.subnets.values()].map((row) => row.kind)).toEqual(["here", "node", "node", "node"]);
    expect(rows.hops.size).toBe(3);
    expect([rows.clusters.size, rows.slots.size, routes.length, ownsRoutes]).toEqual([0, 0, 0, false]);
  });

  test.each<[string, string, string, string]>([
    ["leads the prefix to the node that its next hop is", "10.1.64.0/26", "172.31.1.3", "172.31.1.3"],
    ["inside another node's subnet is the longer prefix, and wins", "10.1.1.64/26", "172.31.1.5", "172.31.1.5"],
    ["that says otherwise than a Node's or a Pod's entry gives way to it", "10.1.1.0/24", "172.31.1.5", "172.31.1.3"],
    ["to what the cluster announces as a whole is the gateway app's affair", "10.1.0.0/16", "172.31.1.3", "none"],
    ["to what the cluster does not announce is none of ours", "10.9.0.0/26", "172.31.1.3", "none"],
    ["by a router that is no node of the cluster makes no row", "10.1.64.0/26", "172.31.1.77", "none"],
    ["to this very node makes no row", "10.1.64.0/26", "172.31.1.2", "none"],
  ])("a route of the CNI %s", (_name, destination, via, leadsTo) => {
    const route = { destination: cidr(destination), via: address(via) };
    const { rows } = plan("gw1", (facts) => ({ ...facts, podRoutes: [route] }));
    const row = rows.subnets.get(destination);
    const hop = row?.kind === "node" ? rows.hops.get(String(row.hop)) : undefined;
    expect(hop ? formatAddress(hop.remote) : "none").toBe(leadsTo);
  });

  test("a pod that this node sees is here, also inside a block that a route leads elsewhere", () => {
    const block = { destination: cidr("10.1.64.0/26"), via: address("172.31.1.3") };
    const { rows } = plan("gw1", (facts) => ({
      ...facts,
      podRoutes: [block, { destination: cidr("10.1.64.9/32"), via: address("172.31.1.5") }],
      podInterfaces: facts.podInterfaces.map((one) => ({ ...one, pods: [{ address: address("10.1.64.9") }] })),
    }));
    expect(rows.subnets.get("10.1.64.9/32")?.kind).toBe("here");
  });

  test("reaches a node by IPv6 where that is the family they share, and refuses one it shares none with", () => {
    const six = (text: string): string =>
      text
        .replace('addresses: [172.31.1.2, "fd31:1::2"]', 'addresses: ["fd31:1::2"]')
        .replace("addresses: [172.31.1.3]", 'addresses: ["fd31:1::3"]');
    const { rows, problems } = plan("gw1", undefined, (text) => six(text).replace("172.31.200.3", '"fd31:200::3"'));
    const [hop] = [...rows.hops.values()];
    expect([hop?.remote, Number(hop?.mtu)]).toEqual([address("fd31:1::3"), 1430]);
    expect(rows.hops.size).toBe(1);
    expect(problems[0]).toEqual({
      object: "node gw2",
      reason: "it has IPv4 addresses and node gw1 has IPv6: give both an address of the same family",
    });
  });
});

describe("planAgent on a node that has left the gateways", () => {
  const LEFT = "10.1.0.0/24], gateway: true, standby: true, left: true";
  /** What both apps made of the node while it was a gateway, and what the agent makes of it after. */
  function left(change: (text: string) => string = (text) => text) {
    const before = fileOf("gw1");
    const facts = factsOf(before);
    const gateway = planGateway(before, facts, planAgent(before, facts, emptyRows()).rows);
    const present = merged(planAgent(before, facts, emptyRows()).rows, gateway.rows);
    const after = fileOf("gw1", (text) => change(text).replace("10.1.0.0/24], gateway: true", LEFT));
    return { present, gateway, facts, after, plan: planAgent(after, factsOf(after), present) };
  }

  test("steers its own traffic over the other gateways, under the cluster indexes that its cables' peers name", () => {
    const { present, plan } = left();
    const hops = new Set([...plan.rows.slots.values()].map(({ hop }) => hop));
    const [gw2] = [...plan.rows.hops.values()].filter(({ remote }) => formatAddress(remote) === "172.31.1.4");
    expect([...hops]).toEqual(gw2 ? [gw2.index] : []);
    expect(plan.rows.slots.size).toBe(SLOTS);
    expect([...plan.rows.clusters]).toEqual([...present.clusters]);
    expect(plan.routes.map(({ destination }) => formatCidr(destination))).toEqual(["10.2.0.0/16", "10.3.0.0/16"]);
    expect(plan.ownsRoutes).toBe(true);
  });

  test("keeps its clusters' indexes, also those that it would not give out itself", () => {
    const { present, after } = left();
    const moved = { ...present, clusters: new Map([["7", { index: 7, id: clusterId("west") }]]) };
    expect(planAgent(after, factsOf(after), moved).rows.clusters.get("7")).toEqual({ index: 7, id: clusterId("west") });
  });

  test("goes on taking what comes over its cables, and leads it on to every node", () => {
    const { gateway, plan } = left((text) => text.replace("subnets: [10.1.0.0/16]", "subnets: [10.1.0.0/16, 10.100.0.0/16]"));
    const { remove, put } = plan.changes;
    expect([...remove.hops.values(), ...put.hops.values()].filter(({ owner }) => owner === "gateway")).toEqual([]);
    expect([...remove.peers.values(), ...put.peers.values()].filter(({ role }) => role === "cable")).toEqual([]);
    const subnets = [...remove.subnets.values(), ...put.subnets.values()];
    expect(subnets.filter((row) => row.kind === "here" && row.owner === "gateway")).toEqual([]);
    expect([...gateway.rows.peers.values()].some(({ flags }) => flags.includes("gateway"))).toBe(true);
    expect([...plan.rows.subnets.values()].filter(({ kind }) => kind === "node").length).toBeGreaterThan(2);
    expect(plan.rows.hops.size).toBe(3);
  });

  test("has nothing to do with the gateway app, which lingers and removes nothing", () => {
    const { present, plan, after } = left();
    const planner = new GatewayPlanner();
    planner.found(present);
    planner.update(fileOf("gw1"), factsOf(after));
    const app = planner.update(after, factsOf(after));
    expect(planGateway(after, factsOf(after), merged(present, plan.rows))).toEqual(app);
    expect(app.problems[0]?.reason).toContain("it has left the gateways of its cluster");
    expect(mapNames.map((map) => app.changes.remove[map].size + app.changes.put[map].size)).toEqual(mapNames.map(() => 0));
    expect(app.ownsRoutes).toBe(false);
  });

  test("leaves all that steers to the gateway app, as it is, once the label is back", () => {
    const { present, plan } = left();
    const back = fileOf("gw1", (text) => text.replace("10.1.0.0/24], gateway: true", "$&, standby: true"));
    const now = merged(present, plan.rows);
    const agent = planAgent(back, factsOf(back), now);
    expect(mapNames.map((map) => agent.changes.remove[map].size + agent.changes.put[map].size)).toEqual(mapNames.map(() => 0));
    const app = planGateway(back, factsOf(back), now);
    expect([...app.rows.slots]).toEqual([...plan.rows.slots]);
    expect([...app.changes.put.peers, ...app.changes.remove.peers, ...app.changes.remove.hops]).toEqual([]);
  });

  test("clears all that the gateway app left, once it is a worker", () => {
    const { present, plan } = left();
    const file = fileOf("gw1", (text) => text.replace("10.1.0.0/24], gateway: true", "10.1.0.0/24]"));
    const worker = planAgent(file, factsOf(file), merged(present, plan.rows));
    expect([...worker.changes.remove.hops.values()].some(({ owner }) => owner === "gateway")).toBe(true);
    expect([...worker.changes.remove.peers.values()].some(({ role }) => role === "cable")).toBe(true);
    expect([...worker.rows.slots]).toEqual([...plan.rows.slots]);
  });
});
