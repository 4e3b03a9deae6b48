// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DaemonSetKind, EndpointKind, GatewayKind, RouteAgentKind } from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import { type Clusterset, type Place, startClusterset } from "../testing/clusterset.ts";

const namespace = NAMES.namespace;
let set: Clusterset;
let east: Place;
let plain: Place;

const endpoint = (id: string, more: object = {}) => ({
  ...{
    cluster_id: id,
    cable_name: `submariner-cable-${id}-10-0-0-1`,
    hostname: `${id}-gw`,
    subnets: ["10.2.0.0/16", "100.2.0.0/16"],
  },
  ...{ private_ip: "10.0.0.1", public_ip: "192.0.2.1", nat_enabled: false, backend: "vxlan", backend_config: {} },
  ...more,
});
const connection = (status: string, more: object = {}) => ({ status, statusMessage: "", endpoint: endpoint("west"), ...more });
const gateway = (name: string, haStatus: string, connections: readonly object[], statusFailure = "") => ({
  metadata: { name, namespace },
  status: { version: "0", haStatus, localEndpoint: endpoint("east"), statusFailure, connections },
});

beforeAll(async () => {
  set = await startClusterset({
    east: { pods: "10.1.0.0/16", services: "100.1.0.0/16" },
    plain: { pods: "10.3.0.0/16", services: "100.3.0.0/16" },
  });
  ({ east, plain } = set.clusters as { east: Place; plain: Place });
  await set.run(set.broker, ["deploy-broker", "--file", "{dir}/b.subm"]);
  await set.run(east, ["join", "{dir}/b.subm", "--clusterid", "east", "--wait=false", "--version", "1.2"]);
  for (const id of ["east", "west"]) {
    const metadata = { name: `${id}-submariner-cable-${id}-10-0-0-1`, namespace };
    await east.client.resource(EndpointKind).create({ metadata, spec: endpoint(id) } as never);
  }
  const up = { usingIP: "192.0.2.1", usingNAT: true, latencyRTT: { average: "1.2ms" } };
  const agents = east.client.resource(RouteAgentKind);
  const remote = (status: string) => ({ status, statusMessage: "", spec: endpoint("west") });
  const agent = (name: string, status: string, statusFailure = "") =>
    agents.create({
      metadata: { name, namespace },
      status: { version: "0.1.0", statusFailure, remoteEndpoints: [remote(status)] },
    } as never);
  await agent("gw1", "connected");
  for (const worker of ["w1", "w2"]) await agent(worker, "error", "cni: two networks");
  const gateways = east.client.resource(GatewayKind);
  await gateways.create(gateway("gw1", "active", [connection("connected", up)]) as never);
  await gateways.create(gateway("gw2", "passive", [connection("error")]) as never);
}, 60_000);
afterAll(() => set[Symbol.asyncDispose]());

const rows = (text: string) => text.split("\n").map((line) => line.trimEnd());
const showEast = async (part: string) => rows((await set.run(east, ["show", part])).out);

test("strait show connections has upstream's columns, a row for each connection, and warns of one that is not up", async () => {
  expect(await showEast("connections")).toEqual([
    'Cluster "east"',
    " ⚠ Showing Connections",
    "GATEWAY   CLUSTER   REMOTE IP   NAT   CABLE DRIVER   SUBNETS                     STATUS      RTT avg.   SEEN FROM",
    "west-gw   west      192.0.2.1   yes   vxlan          10.2.0.0/16, 100.2.0.0/16   connected   1.2ms      gw1",
    "west-gw   west      10.0.0.1    no    vxlan          10.2.0.0/16, 100.2.0.0/16   error                  gw2",
    "",
    "",
  ]);
});

test("strait show endpoints tells the own one from the others'", async () => {
  expect(await showEast("endpoints")).toEqual([
    'Cluster "east"',
    " ✓ Showing Endpoints",
    "CLUSTER   ENDPOINT IP   PUBLIC IP   CABLE DRIVER   TYPE",
    "east      10.0.0.1      192.0.2.1   vxlan          local",
    "west      10.0.0.1      192.0.2.1   vxlan          remote",
    "",
    "",
  ]);
});

test("strait show gateways sums up the connections of each", async () => {
  expect(await showEast("gateways")).toEqual([
    'Cluster "east"',
    " ✓ Showing Gateways",
    "NODE   HA STATUS   SUMMARY",
    "gw1    active      All connections (1) are established",
    "gw2    passive     0 connections out of 1 are established",
    "",
    "",
  ]);
});

test("strait show nodes says what is wrong on each, and warns of it", async () => {
  expect(await showEast("nodes")).toEqual([
    'Cluster "east"',
    " ⚠ Showing Nodes",
    "NODE   VERSION   CLUSTERS REACHED   PROBLEM",
    "gw1    0.1.0     1 of 1",
    "w1     0.1.0     0 of 1             cni: two networks",
    "w2     0.1.0     0 of 1             cni: two networks",
    "",
    "",
  ]);
});

test("strait show networks, versions and brokers have upstream's columns", async () => {
  const networks = await showEast("networks");
  expect(networks[2]).toBe("NETWORK PLUGIN   SERVICE CIDRS   CLUSTER CIDRS   GLOBAL CIDR");
  expect(networks[3]).toContain("100.1.0.0/16    10.1.0.0/16");
  const versions = await showEast("versions");
  expect(versions[2]).toBe("COMPONENT               REPOSITORY   CONFIGURED   RUNNING   ARCH");
  expect(versions.slice(3, 5).map((row) => row.split(/ +/))).toEqual([
    [NAMES.gateway, "localhost", "1.2"],
    [NAMES.routeagent, "localhost", "1.2"],
  ]);
  const brokers = rows((await set.run(set.broker, ["show", "brokers"])).out);
  expect(brokers[2]).toBe(
    "NAMESPACE               NAME                COMPONENTS                        GLOBALNET   GLOBALNET CIDR   DEFAULT GLOBALNET SIZE   DEFAULT DOMAINS",
  );
  expect(brokers[3]).toBe("submariner-k8s-broker   submariner-broker   service-discovery, connectivity   no");
});

test("strait show all of several clusters is one JSON document, and says what is not there", async () => {
  const { code, out, err } = await set.run([east, plain], ["show", "all", "-o", "json"]);
  expect(code).toBe(0);
  const { clusters } = JSON.parse(out);
  expect(clusters.map(({ cluster }: { cluster: string }) => cluster)).toEqual(["east", "plain"]);
  expect(Object.keys(clusters[0])).toEqual([
    "cluster",
    "brokers",
    "connections",
    "endpoints",
    "gateways",
    "networks",
    "nodes",
    "versions",
  ]);
  expect(clusters[0].connections[0]).toMatchObject({
    cluster: "west",
    status: "connected",
    nat: true,
    rttAverage: "1.2ms",
    on: "gw1",
  });
  expect(clusters[1]).toMatchObject({
    connections: [],
    endpoints: [],
    gateways: [],
    networks: [],
    nodes: [],
    versions: [],
    brokers: [],
  });
  expect(err).toContain(" ⚠ Showing Connections: there are no connections: no other cluster has joined, or no gateway runs\n");
});

test("strait show --contexts looks at those clusters only, and --context at that one", async () => {
  for (const flag of ["--contexts", "--context"]) {
    const { out } = await set.run([east, plain], ["show", "gateways", flag, "east", "-o", "json"]);
    expect(JSON.parse(out).clusters.map(({ cluster }: { cluster: string }) => cluster)).toEqual(["east"]);
  }
  const { code, err } = await set.run(east, ["show", "gateways", "--context", "nowhere"]);
  expect(code).toBe(1);
  expect(err).toContain("nowhere");
});

test("strait show goes on with the next cluster when one does not answer, and ends with 1", async () => {
  const kubeconfig = join(set.dir, "dead.kubeconfig");
  const dead = { apiVersion: "v1", kind: "Config", "current-context": "dead" };
  const parts = {
    clusters: [{ name: "dead", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "dead", user: {} }],
    contexts: [{ name: "dead", context: { cluster: "dead", user: "dead" } }],
  };
  writeFileSync(kubeconfig, JSON.stringify({ ...dead, ...parts }));
  const { code, out } = await set.run([{ ...plain, kubeconfig }, east], ["show", "all", "-o", "json"]);
  expect(code).toBe(1);
  const { clusters } = JSON.parse(out);
  expect(clusters[0]).toMatchObject({ cluster: "dead", error: expect.stringContaining("127.0.0.1:1") });
  expect(clusters[1].gateways.length).toBe(2);
});

test("strait status fails while apps or connections are down, and is fine when all are up", async () => {
  const down = await set.run(east, ["status"]);
  expect(down.code).toBe(1);
  expect(down.out).toContain(` ✗ ${NAMES.gateway} is not ready\n`);
  expect(down.out).toContain(" ✗ gw2 → west/west-gw: error\n");
  for (const name of [NAMES.gateway, NAMES.routeagent]) {
    const sets = east.client.resource(DaemonSetKind);
    const { metadata } = (await sets.get(name, { namespace })) as { metadata: { generation?: number } };
    const numbers = {
      desiredNumberScheduled: 1,
      numberReady: 1,
      updatedNumberScheduled: 1,
      currentNumberScheduled: 1,
      numberMisscheduled: 0,
    };
    const status = { observedGeneration: metadata.generation, ...numbers };
    await sets.patch(name, { status }, { type: "merge", namespace, subresource: "status" });
  }
  const half = await set.run(east, ["status", "-o", "json"]);
  expect([half.code, JSON.parse(half.out).ok]).toEqual([1, false]);
  await east.client.resource(GatewayKind).delete("gw2", { namespace });
  const { code, out } = await set.run(east, ["status"]);
  expect(rows(out)).toEqual([
    ` ✓ ${NAMES.routeagent} is ready on 1 node`,
    ` ✓ ${NAMES.gateway} is ready on 1 node`,
    " ✓ gw1 → west/west-gw: connected 1.2ms",
    " ⚠ node agent w1, w2: cni: two networks",
    "",
  ]);
  expect(code).toBe(0);
  await east.client.resource(GatewayKind).delete("gw1", { namespace });
  const alone = await set.run(east, ["status", "-o", "json"]);
  expect([alone.code, JSON.parse(alone.out).ok]).toEqual([0, true]);
});

test("strait status of a cluster that has not joined says so", async () => {
  expect(await set.run(plain, ["status"])).toEqual({
    code: 1,
    out: "",
    err: 'strait: cluster "plain" has not joined a clusterset: run strait join\n',
  });
});
