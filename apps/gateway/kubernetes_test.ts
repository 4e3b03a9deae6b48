// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type Endpoint, EndpointKind, type Gateway, GatewayKind, LeaseKind } from "@strait/k8s";
import { FakeApiServer, until, webPage } from "@strait/k8s/testing";
import { formatAddress } from "@strait/model";
import { fillEast, nodeObject, remoteEndpoint } from "./testing/clusters.ts";
import { GatewayProcess } from "./testing/gateway_process.ts";

const NS = "submariner-operator";
// Each wait has a limit of its own, which a busy machine may come near to.
setDefaultTimeout(40_000);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function api(options = {}): FakeApiServer {
  const server = new FakeApiServer(options);
  ends.push(() => server.stop());
  return server;
}

async function gateway(server: FakeApiServer, node = "gw1", ip = "172.31.1.2", env = {}): Promise<GatewayProcess> {
  const process = new GatewayProcess({ server: server.url, node, ip, env });
  ends.push(() => process.stop());
  await process.start();
  return process;
}

const all = <T>(server: FakeApiServer, kind: { group: string; version: string; plural: string }) =>
  server.objects(kind).list() as unknown as T[];
const gateways = (server: FakeApiServer) => all<Gateway>(server, GatewayKind);
const gatewayOf = (server: FakeApiServer, name: string) => gateways(server).find(({ metadata }) => metadata.name === name);
const ownEndpoints = (server: FakeApiServer) =>
  all<Endpoint>(server, EndpointKind).filter(({ spec }) => spec.cluster_id === "east");
/** The phase of every gateway that is listed, "" for one that takes part. */
const phases = (server: FakeApiServer): Record<string, string> => {
  const text = ownEndpoints(server)[0]?.metadata.annotations?.["strait.io/gateways"] ?? "[]";
  const list = JSON.parse(text) as { hostname: string; phase?: string }[];
  return Object.fromEntries(list.map(({ hostname, phase = "" }) => [hostname, phase]));
};
const statusTo = (server: FakeApiServer, name: string) => gatewayOf(server, name)?.status.connections[0]?.status;
const holder = (server: FakeApiServer) =>
  (server.objects(LeaseKind).get(`${NS}/submariner-gateway-lock`) as { spec?: { holderIdentity?: string } } | undefined)?.spec
    ?.holderIdentity;

describe("A gateway alone in its cluster", () => {
  test("leads, publishes Submariner's objects and writes its Gateway", async () => {
    const server = api();
    fillEast(server);
    await gateway(server);
    await until("an Endpoint", () => ownEndpoints(server).length === 1);
    await until("an active Gateway", () => gatewayOf(server, "gw1")?.status.haStatus === "active");
    expect(holder(server)).toBe("gw1-submariner-gateway");
    expect(ownEndpoints(server)[0]).toMatchObject({
      metadata: { name: "east-submariner-cable-east-172-31-1-2", namespace: NS },
      spec: { hostname: "gw1", subnets: ["100.1.0.0/16", "10.1.0.0/16"], private_ip: "172.31.1.2", healthCheckIP: "10.1.0.0" },
    });
    expect(server.objects({ group: "submariner.io", version: "v1", plural: "clusters" }).get(`${NS}/east`)).toMatchObject({
      spec: {
        cluster_id: "east",
        service_cidr: ["100.1.0.0/16"],
        cluster_cidr: ["10.1.0.0/16"],
        global_cidr: [],
        color_codes: ["blue"],
      },
    });
    expect(gatewayOf(server, "gw1")).toMatchObject({
      metadata: { annotations: { "update-timestamp": expect.stringMatching(/^\d{10}$/) } },
      status: { version: "1.2.3", statusFailure: "", localEndpoint: { hostname: "gw1", backend: "vxlan" } },
    });
  });

  test("is connected only once probes are answered, and not any more when they are not", async () => {
    const server = api();
    fillEast(server);
    const east = await gateway(server);
    await until("a cable", () => gatewayOf(server, "gw1")?.status.connections[0]?.usingIP === "172.31.9.3");
    expect(statusTo(server, "gw1")).toBe("connecting");
    east.alive.add("10.2.0.1");
    await until("connected", () => statusTo(server, "gw1") === "connected");
    expect(gatewayOf(server, "gw1")?.status.connections[0]).toMatchObject({
      statusMessage: "",
      usingNAT: false,
      endpoint: { cluster_id: "west", hostname: "west-gw1" },
      latencyRTT: { last: expect.stringMatching(/^[\d.]+(µs|ms)$/) },
    });
    const metrics = await east.metrics();
    expect(metrics).toContain(
      'remote_cluster="west",remote_hostname="west-gw1",remote_endpoint_ip="172.31.9.3",status="connected"} 1\n',
    );
    expect(metrics.match(/^submariner_connections\{/gm)).toHaveLength(1);
    expect(metrics).toContain("# TYPE submariner_gateway_rx_bytes counter\nsubmariner_gateway_rx_bytes{");
    east.alive.clear();
    await until("an error", () => statusTo(server, "gw1") === "error");
    expect((await east.metrics()).match(/^submariner_connections\{.*$/gm)).toEqual([expect.stringContaining('status="error"')]);
  });

  test("pings from an address of its own in its pod subnet, which it keeps when the CNI's bridge appears", async () => {
    const server = api();
    fillEast(server);
    const east = await gateway(server);
    await until("an address", () => east.assigned.length === 1);
    expect(east.assigned.map(formatAddress)).toEqual(["10.1.0.0"]);
    server.objects({ group: "", version: "v1", plural: "nodes" }).put({
      ...nodeObject("gw1", "172.31.1.2", "10.1.0.0/24"),
      metadata: { name: "gw1", labels: { "submariner.io/gateway": "true", "gateway.submariner.io/udp-port": "4501" } },
    });
    await until("the new port", () => ownEndpoints(server)[0]?.spec.backend_config?.["udp-port"] === "4501");
    expect(ownEndpoints(server)[0]?.spec.healthCheckIP).toBe("10.1.0.0");
  });

  test("says what is wrong with its Node's settings and goes on", async () => {
    const server = api();
    fillEast(server);
    const node = nodeObject("gw1", "172.31.1.2", "10.1.0.0/24");
    node.metadata["annotations"] = { "gateway.submariner.io/fast": "yes" };
    server.objects({ group: "", version: "v1", plural: "nodes" }).put(node);
    await gateway(server, "gw1", "172.31.1.2", { SUBMARINER_GLOBALCIDR: "242.0.0.0/16" });
    await until("a Gateway", () => gatewayOf(server, "gw1") !== undefined);
    expect(gatewayOf(server, "gw1")?.status.statusFailure).toContain("gateway.submariner.io/fast means nothing");
    expect(gatewayOf(server, "gw1")?.status.statusFailure).toContain("SUBMARINER_GLOBALCIDR is not obeyed");
    await until("an Endpoint", () => ownEndpoints(server).length === 1);
  });

  test("labels its pod with what it is", async () => {
    const server = api();
    fillEast(server);
    const pods = server.objects({ group: "", version: "v1", plural: "pods" });
    pods.put({ metadata: { name: "submariner-gateway-x", namespace: NS, labels: { app: "submariner-gateway" } } });
    const east = await gateway(server, "gw1", "172.31.1.2", { POD_NAME: "submariner-gateway-x" });
    const labels = () => pods.get(`${NS}/submariner-gateway-x`)?.metadata["labels"] as Record<string, string>;
    await until("active", () => labels()["gateway.submariner.io/status"] === "active");
    expect(labels()).toEqual({
      app: "submariner-gateway",
      "gateway.submariner.io/node": "gw1",
      "gateway.submariner.io/status": "active",
    });
    await east.stop();
    expect(labels()["gateway.submariner.io/status"]).toBe("passive");
  });

  test("writes nothing anew after a restart but signs of life", async () => {
    const server = api();
    fillEast(server);
    const first = await gateway(server);
    await until("an Endpoint", () => ownEndpoints(server).length === 1);
    await until("an active Gateway", () => gatewayOf(server, "gw1")?.status.haStatus === "active");
    await first.stop();
    expect(gatewayOf(server, "gw1")?.status.haStatus).toBe("passive");
    const versions = () => [...all<Endpoint>(server, EndpointKind)].map(({ metadata }) => metadata.resourceVersion);
    const before = versions();
    await gateway(server);
    await until("active again", () => gatewayOf(server, "gw1")?.status.haStatus === "active");
    expect(versions()).toEqual(before);
  });
});

describe("Two gateways of a cluster", () => {
  test("have one leader, whose Endpoint lists both; the other keeps its cables and probes", async () => {
    const server = api();
    fillEast(server);
    const first = await gateway(server);
    await until("the first leads", () => holder(server) === "gw1-submariner-gateway");
    const second = await gateway(server, "gw2", "172.31.1.3");
    for (const one of [first, second]) one.alive.add("10.2.0.1");
    await until(
      "both listed",
      () => ownEndpoints(server)[0]?.metadata.annotations?.["strait.io/gateways"]?.includes("gw2") === true,
    );
    await until("both connected", () => ["gw1", "gw2"].every((name) => statusTo(server, name) === "connected"));
    expect(gatewayOf(server, "gw2")?.status.haStatus).toBe("passive");
    expect(second.kernel.rows.hops.size).toBe(1);
    expect(ownEndpoints(server)).toHaveLength(1);
  });

  test("tell that one is leaving whose node lost the label, though it gives signs of life, and that it is back", async () => {
    const server = api();
    fillEast(server);
    await gateway(server);
    await until("the first leads", () => holder(server) === "gw1-submariner-gateway");
    await gateway(server, "gw2", "172.31.1.3");
    await until("both listed", () => "gw2" in phases(server));
    const nodes = server.objects({ group: "", version: "v1", plural: "nodes" });
    nodes.put(nodeObject("gw2", "172.31.1.3", "10.1.1.0/24", false));
    await until("it leaves", () => phases(server)["gw2"] === "leaving");
    expect(phases(server)["gw1"]).toBe("");
    expect(gatewayOf(server, "gw2")).toBeDefined();
    nodes.put(nodeObject("gw2", "172.31.1.3", "10.1.1.0/24", true));
    await until("it is back", () => phases(server)["gw2"] !== "leaving");
  });

  test("make one wait that comes later until the other clusters' packets come over its cables", async () => {
    const server = api();
    fillEast(server);
    const first = await gateway(server);
    await until("the first is listed", () => "gw1" in phases(server));
    const second = await gateway(server, "gw2", "172.31.1.3");
    for (const one of [first, second]) one.alive.add("10.2.0.1");
    await until("it joins", () => phases(server)["gw2"] === "joining");
    await until("it is connected over the other gateway", () => statusTo(server, "gw2") === "connected");
    expect(phases(server)).toEqual({ gw1: "", gw2: "joining" });
    const lane = Number([...second.kernel.rows.hops.keys()][0]);
    let rxPackets = 0n;
    await until("it takes part", () => {
      second.kernel.traffic.set(lane, { txPackets: 0n, txBytes: 0n, rxPackets: ++rxPackets, rxBytes: 100n * rxPackets });
      return phases(server)["gw2"] === "";
    });
    await until("nothing is wrong", () => gatewayOf(server, "gw2")?.status.statusFailure === "");
  });

  test("fail over without waiting for the lease when the leader is stopped, and the new leader's Endpoint is the only one", async () => {
    const server = api();
    fillEast(server);
    const first = await gateway(server, "gw1", "172.31.1.2", {
      LEADERSHIP_LEASEDURATION: "3600",
      LEADERSHIP_RENEWDEADLINE: "60",
    });
    await until("the first leads", () => gatewayOf(server, "gw1")?.status.haStatus === "active");
    await gateway(server, "gw2", "172.31.1.3");
    await until("a second", () => gatewayOf(server, "gw2")?.status.haStatus === "passive");
    await first.stop();
    await until("the second leads", () => gatewayOf(server, "gw2")?.status.haStatus === "active");
    await until("one Endpoint", () => ownEndpoints(server).length === 1 && ownEndpoints(server)[0]?.spec.hostname === "gw2");
  });

  test("do no harm when both believe to lead: only the lease's holder writes", async () => {
    const server = api();
    fillEast(server);
    const first = await gateway(server, "gw1", "172.31.1.2", {
      LEADERSHIP_LEASEDURATION: "3600",
      LEADERSHIP_RENEWDEADLINE: "60",
      LEADERSHIP_RETRYPERIOD: "30",
    });
    await until("the first leads", () => gatewayOf(server, "gw1")?.status.haStatus === "active");
    // Somebody takes the lease away while the first one still sleeps until its next renewal.
    const lease = server.objects(LeaseKind).get(`${NS}/submariner-gateway-lock`);
    server
      .objects(LeaseKind)
      .put({ ...lease, metadata: { name: "submariner-gateway-lock", namespace: NS }, spec: { holderIdentity: "" } });
    await gateway(server, "gw2", "172.31.1.3");
    await until("the second leads", () => gatewayOf(server, "gw2")?.status.haStatus === "active");
    await until("the second's Endpoint", () => ownEndpoints(server).some(({ spec }) => spec.hostname === "gw2"));
    await until("one Endpoint", () => ownEndpoints(server).length === 1 && ownEndpoints(server)[0]?.spec.hostname === "gw2");
    // The first one noticed that its Endpoint is gone, asked who leads, and left it at that.
    await until("the first said so", () => first.log.includes("gw2-submariner-gateway holds the lease"));
    expect((await first.status()).kubernetes.leading).toBe(true);
    expect(ownEndpoints(server).map(({ spec }) => spec.hostname)).toEqual(["gw2"]);
    expect(first.kernel.rows.hops.size).toBe(1);
  });
});

describe("When things go wrong, a gateway", () => {
  test("starts without its API server, touches nothing, and does its work when it comes", async () => {
    const away = api();
    const { port } = away;
    await away.stop();
    const east = new GatewayProcess({ server: `http://127.0.0.1:${port}`, node: "gw1", ip: "172.31.1.2" });
    ends.push(() => east.stop());
    await east.start();
    await until("a reason", () => east.log.includes("waiting"));
    expect(east.kernel.applies).toBe(0);
    const server = api({ port });
    fillEast(server);
    await until("rows", () => east.kernel.rows.hops.size === 1, 20_000);
  });

  test("keeps every row while its API server is away", async () => {
    const server = api();
    fillEast(server);
    const east = await gateway(server);
    await until("rows", () => east.kernel.rows.hops.size === 1);
    const { applies } = east.kernel;
    await server.stop();
    await until("a reason", () => east.log.includes("cannot be written"));
    expect(east.kernel.rows.hops.size).toBe(1);
    expect(east.kernel.applies).toBeGreaterThanOrEqual(applies);
    expect((await east.status()).problems.length).toBeGreaterThan(0);
  });

  test("refuses an Endpoint that overlaps, with a reason in statusFailure and an event, and keeps what works", async () => {
    const server = api();
    fillEast(server);
    const east = await gateway(server);
    await until("rows", () => east.kernel.rows.hops.size === 1);
    server.objects(EndpointKind).put(remoteEndpoint("south", "172.31.9.4", { subnets: ["10.2.128.0/17"] }));
    await until("a failure", () => gatewayOf(server, "gw1")?.status.statusFailure.includes("south") === true);
    expect(east.kernel.rows.clusters.size).toBeGreaterThanOrEqual(2);
    await until("an event", () => JSON.stringify(all(server, { group: "", version: "v1", plural: "events" })).includes("south"));
    expect(gatewayOf(server, "gw1")?.status.connections.find(({ endpoint }) => endpoint.cluster_id === "south")).toMatchObject({
      status: "error",
      statusMessage: expect.stringContaining("10.2."),
    });
  });

  test("tells an API server that answers web pages once, not at every try", async () => {
    const server = api();
    server.intercept = () => webPage();
    const east = await gateway(server);
    await until("many requests", () => server.requests.length > 12);
    const lines = east.log.split("\n").filter((line) => line.includes("level=warn") && line.includes("objects=endpoints"));
    expect(lines.length).toBeLessThanOrEqual(1);
    expect(east.kernel.applies).toBe(0);
  });
});
