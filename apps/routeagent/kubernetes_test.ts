// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { EndpointKind, type RouteAgent, RouteAgentKind } from "@strait/k8s";
import { FakeApiServer, until } from "@strait/k8s/testing";
import { AgentProcess, fillEast, NAMESPACE, nodeObject } from "./testing/agent_process.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function api(): FakeApiServer {
  const server = new FakeApiServer();
  ends.push(() => server.stop());
  fillEast(server);
  return server;
}

async function agent(server: string, env = {}, before?: AgentProcess): Promise<AgentProcess> {
  const process = new AgentProcess(server, env, before);
  ends.push(async () => {
    await process.stop();
    process.remove();
  });
  await process.start();
  return process;
}

const written = (server: FakeApiServer) =>
  server.objects(RouteAgentKind).get(`${NAMESPACE}/w1`) as unknown as RouteAgent | undefined;
const remote = (server: FakeApiServer) => written(server)?.status.remoteEndpoints?.[0];
const slotHops = ({ kernel }: AgentProcess) => new Set([...kernel.rows.slots.values()].map(({ hop }) => hop)).size;

test("a node agent leads to the other clusters over all its gateways and writes its RouteAgent", async () => {
  const server = api();
  const process = await agent(server.url);
  await until("slots over both gateways", () => slotHops(process) === 2);
  await until("a RouteAgent", () => remote(server) !== undefined);
  expect(written(server)).toMatchObject({
    apiVersion: "submariner.io/v1",
    kind: "RouteAgent",
    status: {
      version: "1.2.3",
      remoteEndpoints: [{ status: "connecting", spec: { cluster_id: "west", healthCheckIP: "10.2.0.1" } }],
    },
  });
});

test("a node agent tells that another cluster answers, how fast, and that it does not any more", async () => {
  const server = api();
  const process = await agent(server.url, { SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT: "1" });
  process.alive.add("10.2.0.1");
  await until("connected", () => remote(server)?.status === "connected");
  const status = (await process.status()) as {
    kubernetes: { probedFrom: string[]; remoteEndpoints: RouteAgent["status"]["remoteEndpoints"] };
  };
  expect(status.kubernetes.probedFrom).toEqual(["10.1.2.1"]);
  expect(status.kubernetes.remoteEndpoints?.[0]?.latencyRTT?.last).toMatch(/^[\d.]+(µs|ms)$/);
  process.alive.clear();
  await until("not connected", () => remote(server)?.status === "error");
  expect(remote(server)?.statusMessage).toStartWith("no probe was answered for");
});

test("a node agent that probes nothing says none, and why", async () => {
  const server = api();
  await agent(server.url, { SUBMARINER_HEALTHCHECKENABLED: "false" });
  await until("none", () => remote(server)?.status === "none");
  expect(remote(server)?.statusMessage).toBe("SUBMARINER_HEALTHCHECKENABLED is false");
});

test("a node agent leaves a gateway that is not ready, and takes it again", async () => {
  const server = api();
  const process = await agent(server.url);
  await until("both", () => slotHops(process) === 2);
  const nodes = server.objects({ group: "", version: "v1", plural: "nodes" });
  nodes.put(nodeObject("gw2", "172.31.1.3", "10.1.1.0/24", { gateway: true, ready: false }));
  await until("one", () => slotHops(process) === 1);
  nodes.put(nodeObject("gw2", "172.31.1.3", "10.1.1.0/24", { gateway: true }));
  await until("both again", () => slotHops(process) === 2);
});

test("a node agent that starts while the API server is away goes on from what it worked by last, and writes nothing", async () => {
  const server = api();
  const first = new AgentProcess(server.url);
  await first.start();
  await until("both", () => slotHops(first) === 2);
  await first.stop();
  const rows = first.kernel.rows;
  const away = "http://127.0.0.1:9";
  const second = await agent(away, {}, first);
  await until("a pass", () => second.kernel.applies > 1);
  expect((await second.status())["totals"]).toMatchObject({ writes: 0, removes: 0 });
  expect(second.kernel.rows.slots.size).toBe(rows.slots.size);
  expect((await second.status())["config"]).toMatchObject({ ok: false });
});

test("a node agent that never saw its API server touches nothing and says what it waits for", async () => {
  const process = await agent("http://127.0.0.1:9");
  const status = await process.status();
  expect(status["role"]).toBeNull();
  expect(status["problems"]).toContainEqual({ object: "config", reason: expect.stringContaining("so nothing is touched") });
  expect(process.kernel.applies).toBe(0);
});

test("a node agent passes on what it refuses: an Endpoint that overlaps its own cluster", async () => {
  const server = api();
  const process = await agent(server.url);
  await until("both", () => slotHops(process) === 2);
  const endpoints = server.objects(EndpointKind);
  const [west] = endpoints.list();
  const spec = { ...(west?.["spec"] as object), cluster_id: "north", subnets: ["10.1.0.0/16"], cable_name: "c-north" };
  endpoints.put({ ...west, metadata: { ...west?.metadata, name: "north-1", labels: {} }, spec } as never);
  await until("told", () => (written(server)?.status.statusFailure ?? "").includes("north"));
  expect(slotHops(process)).toBe(2);
});
