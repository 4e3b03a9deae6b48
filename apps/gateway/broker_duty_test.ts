// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ClusterKind, type Endpoint, EndpointKind, type Gateway, GatewayKind } from "@strait/k8s";
import { FakeApiServer, failure, TestAuthority, until, webPage } from "@strait/k8s/testing";
import { fillEast, remoteEndpoint } from "./testing/clusters.ts";
import { GatewayProcess } from "./testing/gateway_process.ts";

const NS = "submariner-operator";
const BROKER_NS = "submariner-k8s-broker";
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

/** East's only gateway, with a broker. */
async function east(server: FakeApiServer, broker: Pick<FakeApiServer, "url">, more = {}): Promise<GatewayProcess> {
  const env = {
    BROKER_K8S_APISERVER: broker.url,
    BROKER_K8S_APISERVERTOKEN: "token",
    BROKER_K8S_REMOTENAMESPACE: BROKER_NS,
    ...more,
  };
  const process = new GatewayProcess({ server: server.url, node: "gw1", ip: "172.31.1.2", env });
  ends.push(() => process.stop());
  await process.start();
  return process;
}

const failureOf = (server: FakeApiServer) =>
  (server.objects(GatewayKind).get(`${NS}/gw1`) as unknown as Gateway | undefined)?.status.statusFailure;
const onBroker = (broker: FakeApiServer) => broker.objects(EndpointKind).list(BROKER_NS) as unknown as Endpoint[];

const clusters = (gateway: GatewayProcess): string[] => [...gateway.kernel.rows.clusters.values()].map(({ id }) => id);

/** What another cluster has on the broker. */
function putSouth(broker: FakeApiServer): void {
  const { metadata, spec } = remoteEndpoint("south", "172.31.9.4", {
    subnets: ["10.3.0.0/16"],
    healthCheckIP: "10.3.0.1",
  }) as never as Endpoint;
  const labels = { "submariner-io/clusterID": "south" };
  broker.objects(EndpointKind).put({ metadata: { ...metadata, namespace: BROKER_NS, labels }, spec } as never);
  broker.objects(ClusterKind).put({
    metadata: { name: "south", namespace: BROKER_NS, labels },
    spec: { cluster_id: "south", service_cidr: [], cluster_cidr: ["10.3.0.0/16"], global_cidr: [], color_codes: ["blue"] },
  });
}

/** What west has on the broker: what east has copies of. */
function putWest(broker: FakeApiServer, server: FakeApiServer): void {
  for (const kind of [ClusterKind, EndpointKind])
    for (const object of server.objects(kind).list(NS))
      if (object.metadata.name.startsWith("west"))
        broker.objects(kind).put({ ...object, metadata: { ...object.metadata, namespace: BROKER_NS } });
}

describe("The leading gateway", () => {
  test("sends its own objects to the broker and makes cables to those of the others", async () => {
    const [server, broker] = [api(), api()];
    fillEast(server);
    putSouth(broker);
    const gateway = await east(server, broker);
    await until("our Endpoint on the broker", () => onBroker(broker).some(({ spec }) => spec.cluster_id === "east"));
    await until("a cable to south", () => clusters(gateway).includes("south"));
    const own = onBroker(broker).find(({ spec }) => spec.cluster_id === "east");
    expect(own?.metadata.labels).toEqual({ "submariner-io/clusterID": "east" });
    expect(own?.metadata.annotations?.["strait.io/gateways"]).toContain("gw1");
  });

  test("does everything else while the broker is away at the start, says so, and exchanges when it comes", async () => {
    const gone = api();
    const { port, url } = gone;
    await gone.stop();
    const server = api();
    fillEast(server);
    const gateway = await east(server, { url });
    await until("rows", () => gateway.kernel.rows.hops.size === 1);
    await until("a failure", () => failureOf(server)?.includes("broker: ") === true);
    const broker = api({ port });
    putSouth(broker);
    putWest(broker, server);
    await until("our Endpoint on the broker", () => onBroker(broker).some(({ spec }) => spec.cluster_id === "east"), 20_000);
    await until("no failure", () => failureOf(server) === "");
  });

  test("keeps the cables to clusters that a broker without data knows nothing of, and tells it until they are there again", async () => {
    const [server, broker] = [api(), api()];
    fillEast(server);
    const gateway = await east(server, broker);
    await until("our Endpoint on the broker", () => onBroker(broker).some(({ spec }) => spec.cluster_id === "east"));
    await until("it is told", () => failureOf(server)?.includes("Cluster west: the broker lost it") === true);
    expect(clusters(gateway)).toContain("west");
    putWest(broker, server);
    await until("no failure", () => failureOf(server) === "");
    expect(clusters(gateway)).toContain("west");
    for (const kind of [ClusterKind, EndpointKind])
      for (const { metadata } of broker.objects(kind).list(BROKER_NS))
        if (metadata.name.startsWith("west")) broker.objects(kind).delete(`${BROKER_NS}/${metadata.name}`);
    await until("west left", () => !clusters(gateway).includes("west"));
  });

  test.each([
    ["an expired token", () => failure(401, "Unauthorized", "Unauthorized"), "Unauthorized"],
    ["a token without rights", () => failure(403, "Forbidden", "endpoints is forbidden"), "forbidden"],
    ["a broker that answers web pages", () => webPage(), "Kubernetes"],
    ["a broker that breaks", () => failure(500, "InternalError", "etcdserver: no leader"), "etcdserver: no leader"],
  ])(
    "keeps every cable with %s, and tells it in its Gateway",
    async (_, answer, words) => {
      const [server, broker] = [api(), api()];
      fillEast(server);
      putSouth(broker);
      const gateway = await east(server, broker);
      await until("a cable to south", () => clusters(gateway).includes("south"));
      broker.intercept = answer;
      broker.watches.drop();
      await until("a failure", () => failureOf(server)?.includes(words) === true);
      expect(clusters(gateway)).toContain("south");
      broker.intercept = () => undefined;
      await until("no failure", () => failureOf(server) === "", 20_000);
      expect(clusters(gateway)).toContain("south");
    },
    40_000,
  );

  test.each([
    ["of another authority", {}, true],
    ["that has expired, as all have where the clock is wrong", { from: -3, until: -1 }, false],
    ["of another name", { names: "IP:192.0.2.1" }, false],
  ])(
    "does not speak to a broker with a certificate %s, says so, and does everything else",
    async (_, certificate, foreign) => {
      const authority = TestAuthority.make();
      const [server, broker] = [api(), api({ tls: authority.issue(certificate) })];
      fillEast(server);
      putSouth(broker);
      const { ca } = foreign ? TestAuthority.make() : authority;
      const gateway = await east(server, broker, { BROKER_K8S_CA: Buffer.from(ca).toString("base64") });
      await until("a failure", () => /broker: .*certificate/i.test(failureOf(server) ?? ""));
      await until("rows", () => gateway.kernel.rows.hops.size === 1);
      await until("an event", () =>
        JSON.stringify(server.objects({ group: "", version: "v1", plural: "events" }).list()).includes("BrokerUnavailable"),
      );
      expect(broker.requests).toEqual([]);
      expect(clusters(gateway)).toContain("west");
    },
    20_000,
  );
});
