// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import {
  address,
  type ClusterFile,
  emptyRows,
  formatAddress,
  linkMtu,
  mac,
  type NodeFacts,
  parseClusterFile,
  SLOTS,
} from "@strait/model";
import { GatewayPlanner } from "./gateway_planner.ts";
import { planAgent } from "./plan_agent.ts";
import { planGateway } from "./plan_gateway.ts";
import { factsOf } from "./testing/scenes.ts";

const TEXT = `
cluster: east
node: gw1
subnets: [10.1.0.0/16, 10.96.0.0/24]
nodes:
  - { name: gw1, addresses: [172.31.1.2, "fd31:1::2"], subnets: [10.1.0.0/24], gateway: true }
  - { name: w1, addresses: [172.31.1.3], subnets: [10.1.1.0/24] }
clusters:
  - id: west
    subnets: [10.2.0.0/16]
    gateways:
      - { name: a, addresses: [172.31.200.3, "fd31:200::3"] }
      - { name: b, addresses: [172.31.200.4], port: 4501 }
  - { id: north, subnets: [10.3.0.0/16], gateways: [{ name: a, addresses: ["fd31:200::5"] }] }
`;

function fileOf(change: (text: string) => string = (text) => text): ClusterFile {
  const parsed = parseClusterFile(change(TEXT));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.reasons));
  return parsed.value;
}

function plan(facts: (facts: NodeFacts) => NodeFacts = (f) => f, file = fileOf()) {
  return planGateway(file, facts(factsOf(file)), emptyRows());
}

describe("planGateway", () => {
  test("makes one lane per remote gateway, IPv4 before IPv6, with Submariner's VNI and the gateway's port", () => {
    const hops = [...plan().rows.hops.values()];
    expect(hops.map((h) => [formatAddress(h.remote), h.port, h.vni, h.kind, h.owner, Number(h.mtu)])).toEqual([
      ["172.31.200.3", 4500, 1000, "vxlan", "gateway", 1450],
      ["172.31.200.4", 4501, 1000, "vxlan", "gateway", 1450],
      ["fd31:200::5", 4500, 1000, "vxlan", "gateway", 1430],
    ]);
  });

  test("sends from the kernel's address on the uplink where the node's entry names none there, and knows it for its own", () => {
    const { rows } = plan();
    expect([...rows.hops.values()][0]?.local).toEqual(address("172.31.200.1"));
    expect(rows.peers.get("cable 172.31.200.1")?.flags).toEqual(["self"]);
    expect(rows.peers.get("cable 172.31.1.2")?.flags).toEqual(["self"]);
  });

  test("knows every address that its peers speak to for its own, in the family without a lane too", () => {
    const { rows } = plan();
    const peers = [...rows.peers.values()].filter((peer) => peer.role === "cable");
    expect(new Set(peers.map((peer) => peer.local.family))).toEqual(new Set([4, 6]));
    for (const { local } of peers) expect(rows.peers.get(`cable ${formatAddress(local)}`)?.flags).toEqual(["self"]);
  });

  test("spreads a cluster's slots over the lanes to it", () => {
    const { rows } = plan();
    const west = [...rows.clusters.values()].find((c) => String(c.id) === "west")?.index;
    const lanes = new Set([...rows.slots.values()].filter((s) => s.cluster === west).map((s) => s.hop));
    expect(lanes.size).toBe(2);
    expect(rows.slots.size).toBe(2 * SLOTS);
  });

  test("lets a remote gateway speak from every address it has, for its own cluster only", () => {
    const { rows } = plan();
    const west = rows.peers.get("cable 172.31.200.3");
    expect(west?.flags).toEqual(["gateway"]);
    expect(rows.peers.get("cable fd31:200::3")).toMatchObject({ cluster: west?.cluster, hop: west?.hop });
    expect(rows.peers.get("cable fd31:200::5")?.cluster).not.toBe(west?.cluster);
  });

  test("takes what the cluster announces for here, except what is exactly a node's", () => {
    const here = (file?: ClusterFile): string[] =>
      [...plan(undefined, file).rows.subnets].filter(([, row]) => row.kind === "here").map(([key]) => key);
    expect(here()).toEqual(["10.1.0.0/16", "10.96.0.0/24"]);
    const whole = fileOf((text) => text.replace("10.1.0.0/16, 10.96.0.0/24", "10.1.0.0/24, 10.1.1.0/24, 10.96.0.0/24"));
    expect(here(whole)).toEqual(["10.96.0.0/24"]);
  });

  test("moves only a lost lane's slots, and a lane keeps its index", () => {
    const third = "      - { name: c, addresses: [172.31.200.6] }\n";
    const file = fileOf((text) => text.replace("  - { id: north", `${third}  - { id: north`));
    const before = planGateway(file, factsOf(file), emptyRows());
    const less: ClusterFile = {
      ...file,
      clusters: file.clusters.map((c) => ({
        ...c,
        gateways: c.gateways.filter(({ name }) => String(c.id) !== "west" || String(name) !== "a"),
      })),
    };
    const after = planGateway(less, factsOf(less), before.rows);
    const lost = [...before.rows.hops.values()].find((h) => formatAddress(h.remote) === "172.31.200.3")?.index;
    for (const [key, slot] of before.rows.slots) if (slot.hop !== lost) expect(after.rows.slots.get(key)).toEqual(slot);
    expect([...after.rows.slots.values()].some((slot) => slot.hop === lost)).toBe(false);
  });

  test("sends nothing to a gateway that leaves, and takes what it sends; where all leave, to all", () => {
    const lanes = (...leaving: string[]): { remotes: string[]; peers: string[] } => {
      const file = fileOf((text) =>
        leaving.reduce((all, name) => all.replace(`name: ${name},`, `name: ${name}, leaving: true,`), text),
      );
      const { rows } = plan(undefined, file);
      const west = [...rows.clusters.values()].find(({ id }) => id === "west")?.index;
      const used = new Set([...rows.slots.values()].filter(({ cluster }) => cluster === west).map(({ hop }) => hop));
      return {
        remotes: [...used].map((hop) => formatAddress(rows.hops.get(String(hop))?.remote ?? address("::"))).sort(),
        peers: [...rows.peers.values()].filter(({ cluster }) => cluster === west).map((peer) => formatAddress(peer.address)),
      };
    };
    const all = lanes();
    expect(all.remotes).toEqual(["172.31.200.3", "172.31.200.4"]);
    expect(lanes("a")).toEqual({ remotes: ["172.31.200.4"], peers: all.peers });
    expect(lanes("a", "b")).toEqual(all);
  });

  test("leaves its own traffic on the way it has over other gateways while the node is on standby, and takes it over after", () => {
    const as = (gw1: { gateway: boolean; standby?: boolean }): ClusterFile => {
      const { nodes, ...rest } = fileOf();
      return { ...rest, nodes: nodes.map((node) => ({ ...node, ...(node.name === "gw1" ? gw1 : { gateway: true }) })) };
    };
    const worker = as({ gateway: false });
    const before = planAgent(worker, factsOf(worker), emptyRows()).rows;
    const file = as({ gateway: true, standby: true });
    const planner = new GatewayPlanner();
    planner.found(before);
    const waiting = planner.update(file, factsOf(file));
    expect([...waiting.rows.slots]).toEqual([...before.slots]);
    expect([...waiting.rows.clusters]).toEqual([...before.clusters]);
    expect(waiting.changes.put.slots.size + waiting.changes.remove.slots.size).toBe(0);
    expect([...waiting.rows.peers.values()].filter(({ flags }) => flags.includes("gateway")).length).toBeGreaterThan(0);
    const part = as({ gateway: true });
    const taking = planner.update(part, factsOf(part));
    const lanes = new Set([...taking.rows.hops.values()].map(({ index }) => index));
    expect([...taking.rows.slots.values()].every(({ hop }) => lanes.has(hop as never))).toBe(true);
    expect(taking.changes.put.slots.size).toBe(before.slots.size);
  });

  test("goes on where one cluster cannot be reached, and says what is wrong", () => {
    const without = (facts: NodeFacts): NodeFacts => ({
      ...facts,
      paths: facts.paths.filter((p) => p.remote.value !== address("fd31:200::5").value),
    });
    const { problems, rows } = plan(without);
    expect(problems.map((p) => p.object)).toEqual(["cluster north", "gateway north/a"]);
    expect(rows.hops.size).toBe(2);
    expect(rows.subnets.get("10.3.0.0/16")?.kind).toBe("remote");
    expect(rows.peers.has("cable fd31:200::5")).toBe(false);
  });

  test("warns where a path is too narrow for IPv6 inside", () => {
    const file = fileOf((text) => text.replace("subnets: [10.1.0.0/16", 'subnets: ["fd01::/48", 10.1.0.0/16'));
    const narrow = (facts: NodeFacts): NodeFacts => ({ ...facts, paths: facts.paths.map((p) => ({ ...p, mtu: linkMtu(1320) })) });
    const reasons = plan(narrow, file).problems.map((p) => p.reason);
    expect(reasons).toContain(
      "a path of 1320 bytes leaves 1270 inside the tunnel and IPv6 needs 1280: raise the path's MTU to 1330",
    );
  });

  test("keeps a device for the cable's port and attaches to the uplinks", () => {
    const { links, attach } = plan();
    expect(links).toEqual([{ name: "strait1", port: 4500, mac: mac("02:53:ac:1f:01:02"), mtu: 65485 }]);
    expect(attach.uplinks.map(Number)).toEqual([2, 3]);
    expect(attach.pods).toEqual([]);
  });
});
