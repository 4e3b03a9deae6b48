// SPDX-License-Identifier: Apache-2.0
import { ApiClient, ClusterKind, clusterObject, EndpointKind, type EndpointToWrite, endpointObject } from "@strait/k8s";
import { FakeApiServer, FakeTimers, type RawObject } from "@strait/k8s/testing";
import { address, CLUSTER_ID_LABEL, cableName, cidr, clusterId, type MemberCluster } from "@strait/model";
import { Log } from "@strait/obs";
import { BrokerSync } from "../sync/broker_sync.ts";

/** The namespace of a member's objects. */
export const HERE = "submariner-operator";
/** The namespace of the clusterset on the broker. */
export const THERE = "submariner-k8s-broker";
const running: (() => Promise<void>)[] = [];

/** Ends every server and exchange that was made. To be called after each test. */
export async function stopAll(): Promise<void> {
  for (const stop of running.splice(0).reverse()) await stop();
}

/** Cluster n: Services 100.n.0.0/16, pods 10.n.0.0/16. */
export function cluster(id: string, n: number): MemberCluster {
  const podCidrs = [cidr(`10.${n}.0.0/16`)];
  return { id: clusterId(id), serviceCidrs: [cidr(`100.${n}.0.0/16`)], podCidrs, globalCidrs: [] };
}

/** The Endpoint of cluster n with a gateway at 172.31.n.GATEWAY. */
export function endpoint(id: string, n: number, gateway = 1): EndpointToWrite {
  const privateIps = [address(`172.31.${n}.${gateway}`)];
  return {
    clusterId: clusterId(id),
    cableName: cableName(id, privateIps[0] as never),
    hostname: `gw${gateway}`,
    subnets: [cidr(`100.${n}.0.0/16`), cidr(`10.${n}.0.0/16`)],
    privateIps,
    publicIps: [],
    natEnabled: false,
    backend: "vxlan",
    backendConfig: { "udp-port": "4500" },
    healthCheckIps: [],
    gateways: [{ hostname: `gw${gateway}`, privateIps, publicIps: [], port: 4500, healthCheckIps: [] }],
  };
}

/** An object as it is sent. */
export const raw = (object: unknown): RawObject => JSON.parse(JSON.stringify(object));
/** What the leading gateway of cluster n writes at home. */
export const published = (id: string, n: number): RawObject[] => [
  raw(clusterObject(cluster(id, n), HERE)),
  raw(endpointObject(endpoint(id, n), HERE)),
];

/** As another cluster's gateway wrote it on the broker. */
export function pushed(object: RawObject, by: string): RawObject {
  const labels = { [CLUSTER_ID_LABEL]: by };
  const creationTimestamp = "2026-11-21T10:00:00Z";
  return { ...object, metadata: { ...object.metadata, namespace: THERE, labels, creationTimestamp } };
}

/** An API server that `stopAll` ends. */
export function server(port?: number): FakeApiServer {
  const made = new FakeApiServer(port === undefined ? {} : { port });
  running.push(() => made.stop());
  return made;
}

const kindOf = (object: RawObject) => (object.kind === "Cluster" ? ClusterKind : EndpointKind);
/** Writes objects as somebody else would. */
export const put = (on: FakeApiServer, ...objects: RawObject[]) => {
  for (const object of objects) on.objects(kindOf(object)).put(object);
};
/** Names of the Clusters and Endpoints of a namespace. */
export const names = (on: FakeApiServer, namespace: string) =>
  [ClusterKind, EndpointKind]
    .flatMap((kind) => on.objects(kind).list(namespace))
    .map(({ metadata }) => metadata.name)
    .sort();
/** The requests that wrote something. */
export const writes = (on: FakeApiServer) => on.requests.filter(({ method }) => method !== "GET");

/** One cluster's exchange with a broker, in time that passes when told. */
export class Scene {
  readonly timers = new FakeTimers();
  readonly lines: string[] = [];
  readonly sync: BrokerSync;

  constructor(
    id: string,
    readonly local: FakeApiServer,
    readonly broker: FakeApiServer,
  ) {
    const log = new Log({ write: (line) => this.lines.push(line) });
    const clients = [local, broker].map((each) => new ApiClient(each.connection(), { timers: this.timers }));
    const [here, there] = clients as [ApiClient, ApiClient];
    const { timers } = this;
    this.sync = new BrokerSync({
      local: here,
      broker: there,
      namespace: HERE,
      brokerNamespace: THERE,
      clusterId: clusterId(id),
      log,
      timers,
      random: () => 0.5,
    });
    this.sync.start();
    running.push(async () => {
      await this.sync.stop();
      for (const client of clients) client.close();
    });
  }

  /** Lets time pass until something holds. */
  async until(what: string, holds: () => boolean, milliseconds = 120_000, step = 50): Promise<void> {
    const end = this.timers.now() + milliseconds;
    const realEnd = performance.now() + 25_000;
    while (!holds()) {
      if (this.timers.now() > end || performance.now() > realEnd) throw new Error(`in vain: ${what}\n${this.lines.join("")}`);
      // Answers come over real sockets, so real time has to pass too.
      await new Promise((resolve) => setTimeout(resolve, 1));
      await this.timers.advance(step);
    }
  }

  inStep(): Promise<void> {
    return this.until("both sides in step", () => {
      const { broker, local, pending } = this.sync.state;
      return broker.connected && local.connected && pending === 0;
    });
  }

  /** Lets so much time pass, with what happens in it. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.timers.now() + milliseconds;
    await this.until("time to pass", () => this.timers.now() >= end, milliseconds + 1000, 500);
  }
}

/** Names of what `published("east", 1)` gives. */
export const EAST = ["east", "east-submariner-cable-east-172-31-1-1"];
/** Names of what `published("west", 2)` gives. */
export const WEST = ["west", "west-submariner-cable-west-172-31-2-1"];
