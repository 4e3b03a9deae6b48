// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ApiClient, ClusterKind, EndpointKind } from "@strait/k8s";
import { FakeApiServer, failure, type RawObject, until } from "@strait/k8s/testing";
import { type ClusterFile, clusterId, formatAddress, formatCidr, nodeName } from "@strait/model";
import { Log } from "@strait/obs";
import { systemTimers } from "@strait/time";
import { MemberSource, type MemberSourceOptions } from "./member_source.ts";

const NS = "submariner-operator";
const CORE = { group: "", version: "v1" };
// Each wait has a limit of its own, which a busy machine may come near to.
setDefaultTimeout(40_000);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function node(name: string, ip: string, podCidr: string | undefined, gateway = false): RawObject {
  return {
    metadata: { name, labels: gateway ? { "submariner.io/gateway": "true" } : {} },
    spec: podCidr ? { podCIDRs: [podCidr] } : {},
    status: { addresses: [{ type: "InternalIP", address: ip }], conditions: [{ type: "Ready", status: "True" }] },
  };
}

function pod(name: string, on: string, ip: string, more: Record<string, unknown> = {}): RawObject {
  return {
    metadata: { name, namespace: "default" },
    spec: { nodeName: on, ...more },
    status: { phase: "Running", podIPs: [{ ip }] },
  };
}

function endpoint(cluster: string, ip: string, subnets: string[]): RawObject {
  const cable = `submariner-cable-${cluster}-${ip.replaceAll(".", "-")}`;
  return {
    metadata: { name: `${cluster}-${cable}`, namespace: NS },
    spec: {
      cluster_id: cluster,
      cable_name: cable,
      hostname: "gw1",
      subnets,
      private_ip: ip,
      public_ip: "",
      nat_enabled: false,
      backend: "vxlan",
    },
  };
}

function east(server: FakeApiServer, podCidrs = true): void {
  const nodes = server.objects({ ...CORE, plural: "nodes" });
  nodes.put(node("gw1", "172.31.1.2", podCidrs ? "10.1.0.0/24" : undefined, true));
  nodes.put(node("w1", "172.31.1.3", podCidrs ? "10.1.1.0/24" : undefined));
  server.objects(EndpointKind).put(endpoint("west", "172.31.9.3", ["10.2.0.0/16"]));
}

function follow(server: FakeApiServer, change: Partial<MemberSourceOptions> = {}) {
  const log = { text: "" };
  const source = new MemberSource({
    client: new ApiClient(server.connection()),
    namespace: NS,
    clusterId: clusterId("east"),
    nodeName: nodeName("gw1"),
    role: "agent",
    env: { SUBMARINER_CLUSTERCIDR: "10.1.0.0/16", SUBMARINER_SERVICECIDR: "100.1.0.0/16" },
    settings: { spread: true, pinDir: "/sys/fs/bpf/strait", log: "info" },
    log: new Log({
      write: (line) => {
        log.text += line;
      },
    }),
    timers: systemTimers,
    ...change,
  });
  let changes = 0;
  const told: string[] = [];
  source.onChange = () => {
    changes++;
    told.push(source.reasons.join());
  };
  ends.push(() => source.stop());
  source.start();
  return { source, log, told, changes: () => changes };
}

function server(): FakeApiServer {
  const made = new FakeApiServer();
  ends.push(() => made.stop());
  return made;
}

const nodesOf = (file: ClusterFile | undefined) =>
  Object.fromEntries((file?.nodes ?? []).map(({ name, subnets }) => [name as string, subnets.map(formatCidr)]));
const clustersOf = (file: ClusterFile | undefined) => (file?.clusters ?? []).map(({ id }) => id as string);

describe("MemberSource", () => {
  test("makes a cluster file of nodes, CIDRs and Endpoints, and of everything at once", async () => {
    const api = server();
    east(api);
    const { source, changes, log, told } = follow(api);
    expect(source.file).toBeUndefined();
    expect(source.reasons).toEqual(["nothing was read from the API server yet"]);
    await until("a file", () => source.file !== undefined);
    expect(changes()).toBeGreaterThan(0);
    expect(source.file?.subnets.map(formatCidr)).toEqual(["100.1.0.0/16", "10.1.0.0/16"]);
    expect(nodesOf(source.file)).toEqual({ gw1: ["10.1.0.0/24"], w1: ["10.1.1.0/24"] });
    expect(source.file?.clusters.map(({ id, gateways }) => [id as string, gateways[0]?.addresses.map(formatAddress)])).toEqual([
      ["west", ["172.31.9.3"]],
    ]);
    expect(source.reasons).toEqual([]);
    expect(log.text).not.toContain("level=warn");
    expect(told).toEqual([""]);
  });

  test("never gives a partial view: without the list of Endpoints the last file stays", async () => {
    const api = server();
    east(api);
    const first = follow(api);
    await until("a file", () => first.source.file !== undefined);
    const previous = first.source.file;
    const second = server();
    east(second);
    second.intercept = ({ path }) => (path.endsWith("/endpoints") ? failure(500, "InternalError", "no leader") : undefined);
    const settings = { spread: true, pinDir: "/sys/fs/bpf/other", log: "debug" } as const;
    const { source } = follow(second, { previous, settings });
    const remembered = source.file;
    expect(remembered).toEqual({ ...(previous as ClusterFile), ...settings });
    await until("a reason", () => source.reasons.some((reason) => reason.includes("no leader")));
    expect(clustersOf(source.file)).toEqual(["west"]);
    expect(source.file).toBe(remembered as ClusterFile);
  });

  test("takes who forwards from the own cluster's Endpoint, the newest of two, and keeps it where that cannot be read", async () => {
    const api = server();
    east(api);
    const { source } = follow(api);
    const own = (ip: string, made: string, gateways: string) => {
      const plain = endpoint("east", ip, ["10.1.0.0/16"]);
      const ends = { privateIPs: [ip], publicIPs: [], port: 4500, healthCheckIPs: [] };
      const list = gateways.split(" ").map((word) => {
        const [hostname, phase] = word.split(":");
        return { hostname, ...ends, privateIPs: [hostname === "gw1" ? "172.31.1.2" : "172.31.1.3"], ...(phase && { phase }) };
      });
      const annotations = { "strait.io/gateways": gateways === "" ? "no list" : JSON.stringify(list) };
      api.objects(EndpointKind).put({ ...plain, metadata: { ...plain.metadata, creationTimestamp: made, annotations } });
    };
    const parts = () =>
      (source.file?.nodes ?? []).map(
        ({ name, gateway, standby }) => `${name}${gateway ? (standby ? " (gateway)" : " gateway") : ""}`,
      );
    await until("a file", () => parts().join() === "gw1 gateway,w1");
    own("172.31.1.2", "2026-01-01T00:00:00Z", "gw1 w1:leaving");
    await until("one that leaves", () => parts().join() === "gw1 gateway,w1 (gateway)");
    own("172.31.1.3", "2026-01-02T00:00:00Z", "gw1:leaving w1");
    await until("the newer one's word", () => parts().join() === "gw1 (gateway),w1 gateway");
    own("172.31.1.2", "2026-01-01T00:00:00Z", "gw1");
    api.objects(EndpointKind).delete(`${NS}/east-submariner-cable-east-172-31-1-3`);
    await until("the other one's word", () => parts().join() === "gw1 gateway,w1");
    own("172.31.1.2", "2026-01-01T00:00:00Z", "");
    api.objects(EndpointKind).put(endpoint("south", "172.31.9.4", ["10.3.0.0/16"]));
    await until("south", () => clustersOf(source.file).includes("south"));
    expect(parts()).toEqual(["gw1 gateway", "w1"]);
    source.takePart(true);
    expect(source.ownEndpoint?.gateways.map(({ hostname }) => hostname)).toEqual(["gw1"]);
  });

  test("follows what comes and goes, and keeps the same objects for what stays", async () => {
    const api = server();
    east(api);
    const { source } = follow(api);
    await until("a file", () => source.file !== undefined);
    const before = source.file;
    api.objects(EndpointKind).put(endpoint("south", "172.31.9.4", ["10.3.0.0/16"]));
    await until("south", () => clustersOf(source.file).includes("south"));
    expect(source.file?.nodes).toBe(before?.nodes ?? []);
    api.objects(EndpointKind).delete(`${NS}/south-submariner-cable-south-172-31-9-4`);
    await until("no south", () => !clustersOf(source.file).includes("south"));
  });

  test("is not changed by a kubelet's report that says nothing new", async () => {
    const api = server();
    east(api);
    const { source, changes } = follow(api);
    await until("a file", () => source.file !== undefined);
    const [before, count] = [source.file, changes()];
    for (let i = 0; i < 5; i++) api.objects({ ...CORE, plural: "nodes" }).put(node("w1", "172.31.1.3", "10.1.1.0/24"));
    api.objects({ ...CORE, plural: "nodes" }).put(node("w2", "172.31.1.4", "10.1.2.0/24"));
    await until("w2", () => "w2" in nodesOf(source.file));
    expect(changes()).toBe(count + 1);
    expect(source.file?.clusters).toBe(before?.clusters ?? []);
  });

  test("names an Endpoint that cannot be, keeps its last good state, and forgets it when it goes", async () => {
    const api = server();
    east(api);
    const { source } = follow(api);
    await until("a file", () => source.file !== undefined);
    api.objects(EndpointKind).put(endpoint("west", "172.31.9.3", ["10.2.0.0/99"]));
    await until("a reason", () => source.reasons.some((reason) => reason.includes("10.2.0.0")));
    expect(clustersOf(source.file)).toEqual(["west"]);
    api.objects(EndpointKind).put(endpoint("south", "172.31.9.4", ["10.1.128.0/17"]));
    await until("an overlap", () => source.problems.some(({ reason }) => reason.includes("10.1.")));
    expect(clustersOf(source.file)).toEqual(["west"]);
    for (const name of ["west-submariner-cable-west-172-31-9-3", "south-submariner-cable-south-172-31-9-4"]) {
      api.objects(EndpointKind).delete(`${NS}/${name}`);
    }
    await until("no cluster and no reason", () => clustersOf(source.file).length === 0 && source.reasons.length === 0);
  });

  test("asks for pods only where the CNI plugin places them one by one, and then leaves out those without addresses", async () => {
    const plain = server();
    east(plain);
    const first = follow(plain);
    await until("a file", () => first.source.file !== undefined);
    expect(plain.requests.filter(({ path }) => path === "/api/v1/pods")).toEqual([]);

    const api = server();
    east(api, false);
    const pods = api.objects({ ...CORE, plural: "pods" });
    pods.put(pod("a", "w1", "10.1.7.1"));
    pods.put(pod("host", "w1", "172.31.1.3", { hostNetwork: true }));
    pods.put({ ...pod("done", "w1", "10.1.7.2"), status: { phase: "Succeeded", podIPs: [{ ip: "10.1.7.2" }] } });
    const { source } = follow(api);
    await until("a file", () => source.file !== undefined);
    expect(nodesOf(source.file)).toEqual({ gw1: [], w1: ["10.1.7.1/32"] });
    pods.put(pod("b", "gw1", "10.1.7.9"));
    await until("b", () => nodesOf(source.file)["gw1"]?.length === 1);
    pods.delete("default/a");
    await until("no a", () => nodesOf(source.file)["w1"]?.length === 0);
  });

  test("on a worker asks for the pods of this node only, and for all once it becomes a gateway", async () => {
    const api = server();
    east(api, false);
    const { source } = follow(api, { nodeName: nodeName("w1") });
    await until("a file", () => source.file !== undefined);
    const selectors = () =>
      api.requests
        .filter(({ path, verb }) => path === "/api/v1/pods" && verb === "list")
        .map(({ query }) => query.get("fieldSelector"));
    expect(selectors()).toEqual(["spec.nodeName=w1"]);
    api.objects({ ...CORE, plural: "nodes" }).put(node("w1", "172.31.1.3", undefined, true));
    await until("all pods", () => selectors().length === 2);
    expect(selectors()[1]).toBeNull();
  });

  test("on a gateway that lost its label follows all pods for as long as it forwards, and then those of this node only", async () => {
    const api = server();
    east(api, false);
    const ends = { privateIPs: ["172.31.1.2"], publicIPs: [], port: 4500, healthCheckIPs: [] };
    const own = (phase?: string, hostname = "gw1") => {
      const plain = endpoint("east", "172.31.1.2", ["10.1.0.0/16"]);
      const annotations = { "strait.io/gateways": JSON.stringify([{ hostname, ...ends, ...(phase && { phase }) }]) };
      api.objects(EndpointKind).put({ ...plain, metadata: { ...plain.metadata, annotations } });
    };
    const selectors = () =>
      api.requests
        .filter(({ path, verb }) => path === "/api/v1/pods" && verb === "list")
        .map(({ query }) => query.get("fieldSelector"));
    own();
    const { source } = follow(api);
    const forwards = () => source.file?.nodes.some(({ name, gateway }) => name === nodeName("gw1") && gateway);
    await until("a file", () => forwards() === true);
    api.objects({ ...CORE, plural: "nodes" }).put(node("gw1", "172.31.1.2", undefined, false));
    own("leaving");
    await until("the Endpoint", () => source.ownEndpoint?.gateways[0]?.phase === "leaving");
    expect([forwards(), selectors()]).toEqual([true, [null]]);
    own("left");
    await until("one that left", () => source.file?.nodes.some(({ left }) => left) === true);
    expect([forwards(), selectors()]).toEqual([true, [null]]);
    own("left", "gw9");
    await until("a worker", () => forwards() === false);
    // With the next news of anything.
    api.objects(EndpointKind).put(endpoint("south", "172.31.9.4", ["10.3.0.0/16"]));
    await until("its own pods", () => selectors().length === 2);
    expect(selectors()).toEqual([null, "spec.nodeName=gw1"]);
  });

  test("believes the leader's Cluster object where nobody said the CIDRs, and says what is missing where there is none", async () => {
    const api = server();
    east(api);
    const { source } = follow(api, { env: {} });
    await until("the nodes' CIDRs", () => source.file !== undefined);
    expect(source.file?.subnets.map(formatCidr)).toEqual(["10.1.0.0/23"]);
    api.objects(ClusterKind).put({
      metadata: { name: "east", namespace: NS },
      spec: { cluster_id: "east", service_cidr: ["100.1.0.0/16"], cluster_cidr: ["10.1.0.0/16"], global_cidr: [] },
    });
    await until("the published CIDRs", () => source.file?.subnets.length === 2);
    expect(source.file?.subnets.map(formatCidr)).toEqual(["100.1.0.0/16", "10.1.0.0/16"]);
  });

  test("finds the Services' range in a refusal, where it is the gateway's", async () => {
    const api = server();
    east(api);
    api.intercept = ({ path, method }) =>
      method === "POST" && path.endsWith("/services")
        ? failure(422, "Invalid", "the provided IP (1.1.1.1) is not in the valid range. The range of valid IPs is 100.1.0.0/16")
        : undefined;
    const { source, log } = follow(api, { env: {}, role: "gateway" });
    await until("a file", () => source.file !== undefined);
    expect(source.cluster?.serviceCidrs.map(formatCidr)).toEqual(["100.1.0.0/16"]);
    expect(log.text).toContain('servicesFrom="the refusal of a Service"');
  });
});
