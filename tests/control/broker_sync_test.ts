// SPDX-License-Identifier: Apache-2.0
/** The exchange with the broker between whole control planes, of which the broker's is killed meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ApiClient,
  ClusterKind,
  clusterObject,
  crds,
  EndpointKind,
  endpointObject,
  Informer,
  loadKubeConfig,
  NamespaceKind,
} from "@strait/k8s";
import { type ControlPlane, startControlPlane, wantedKind } from "@strait/lab";
import { BrokerSync } from "@strait/member";
import { CLUSTER_ID_LABEL, CREATED_AT_ANNOTATION, clusterId } from "@strait/model";
import { Log } from "@strait/obs";
import { cluster, endpoint } from "./support/published.ts";
import { until } from "./support/until.ts";

const BROKER = "submariner-k8s-broker";

describe(`the exchange with a broker on a ${wantedKind()} control plane`, () => {
  let home: ControlPlane;
  let broker: ControlPlane;
  let here: ApiClient;
  let there: ApiClient;
  const syncs: BrokerSync[] = [];
  const folders: string[] = [];

  /** Both clusters' objects live on one API server, in a namespace each: members never meet but on the broker. */
  const member = (id: string): BrokerSync => {
    const log = new Log({ level: "error" });
    const sync = new BrokerSync({
      local: here,
      broker: there,
      namespace: id,
      brokerNamespace: BROKER,
      clusterId: clusterId(id),
      log,
    });
    syncs.push(sync);
    sync.start();
    return sync;
  };
  const inStep = (sync: BrokerSync) => () => {
    const { broker: b, local: l, pending } = sync.state;
    return b.connected && l.connected && pending === 0;
  };
  const objects = async (client: ApiClient, namespace: string) =>
    [await client.resource(ClusterKind).list({ namespace }), await client.resource(EndpointKind).list({ namespace })].flatMap(
      (list) => list.items.map(({ metadata }) => metadata),
    );
  const names = async (client: ApiClient, namespace: string) => (await objects(client, namespace)).map(({ name }) => name).sort();
  const versions = async () =>
    (await Promise.all([objects(here, "east"), objects(here, "west"), objects(there, BROKER)]))
      .flat()
      .map(({ namespace, name, resourceVersion }) => `${namespace}/${name} ${resourceVersion}`)
      .sort();

  beforeAll(async () => {
    const plane = (name: string) =>
      startControlPlane({ kind: wantedKind(), dir: mkdtempSync(join(tmpdir(), `strait-${name}-`)) });
    [home, broker] = await Promise.all([plane("home"), plane("broker")]);
    [here, there] = (await Promise.all(
      [home, broker].map(async ({ kubeconfig }) => new ApiClient(await loadKubeConfig({ path: kubeconfig }))),
    )) as [ApiClient, ApiClient];
    for (const [client, spaces] of [
      [here, ["east", "west"]],
      [there, [BROKER]],
    ] as const) {
      for (const name of spaces) await client.resource(NamespaceKind).create({ metadata: { name } });
      for (const crd of crds([ClusterKind, EndpointKind] as never)) {
        const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        await client.request({ method: "POST", path, body: crd });
      }
      await until("the kinds are served", async () => (await objects(client, spaces[0]).catch(() => undefined)) !== undefined);
    }
  }, 180_000);
  afterAll(async () => {
    await Promise.all(syncs.map((sync) => sync.stop()));
    for (const client of [here, there]) client.close();
    await Promise.all([home, broker].map((plane) => plane[Symbol.asyncDispose]()));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test("brings each cluster's objects to the other, whole", async () => {
    for (const [id, n] of [
      ["east", 1],
      ["west", 2],
    ] as const) {
      await here.resource(ClusterKind).create(clusterObject(cluster(id, n), id));
      await here.resource(EndpointKind).create(endpointObject(endpoint(id, n, 1), id));
    }
    const [east, west] = [member("east"), member("west")];
    const all = ["east", "east-submariner-cable-east-172-31-1-1", "west", "west-submariner-cable-west-172-31-2-1"];
    await until("west knows east", async () => (await names(here, "west")).join() === all.join());
    await until("east knows west", async () => (await names(here, "east")).join() === all.join());
    expect(await names(there, BROKER)).toEqual(all);
    const copy = await here.resource(EndpointKind).get(all[1] ?? "", { namespace: "west" });
    const origin = await there.resource(EndpointKind).get(all[1] ?? "", { namespace: BROKER });
    expect(copy?.spec).toEqual(endpointObject(endpoint("east", 1, 1), "east").spec);
    expect(copy?.metadata.labels).toEqual({ [CLUSTER_ID_LABEL]: "east" });
    expect(copy?.metadata.annotations?.[CREATED_AT_ANNOTATION]).toBe(origin?.metadata.creationTimestamp as string);
    await until("both in step", () => inStep(east)() && inStep(west)());
    expect([...east.state.problems, ...west.state.problems]).toEqual([]);
  }, 60_000);

  test("writes nothing at a restart", async () => {
    const before = await versions();
    for (const sync of syncs) {
      await sync.stop();
      sync.start();
    }
    await until("both in step", () => syncs.every((sync) => inStep(sync)()));
    await Promise.all(syncs.map((sync) => sync.idle()));
    expect(await versions()).toEqual(before);
  }, 60_000);

  test("loses nothing while the broker is killed, and makes good what changed meanwhile", async () => {
    const follow = new Informer(here.resource(EndpointKind), { namespace: "west" });
    let least = Number.POSITIVE_INFINITY;
    follow.onChange(() => {
      least = Math.min(least, follow.store.list().filter(({ spec }) => spec.cluster_id === "east").length);
    });
    follow.start();
    await follow.synced();
    await broker.kill();
    await until("it is noticed", () => syncs.every((sync) => !sync.state.broker.connected));
    // A failover in east: the new gateway's Endpoint, then the old one goes.
    await here.resource(EndpointKind).create(endpointObject(endpoint("east", 1, 2), "east"));
    await here.resource(EndpointKind).delete("east-submariner-cable-east-172-31-1-1", { namespace: "east" });
    expect(await names(here, "west")).toContain("east-submariner-cable-east-172-31-1-1");
    await broker.start();
    await until(
      "west has the new one only",
      async () => !(await names(here, "west")).includes("east-submariner-cable-east-172-31-1-1"),
      60_000,
    );
    expect(await names(here, "west")).toEqual([
      "east",
      "east-submariner-cable-east-172-31-1-2",
      "west",
      "west-submariner-cable-west-172-31-2-1",
    ]);
    expect(least).toBe(1);
    await follow.stop();
  }, 120_000);

  test("takes away what a cluster leaves", async () => {
    const [, west] = syncs as [BrokerSync, BrokerSync];
    await here.resource(EndpointKind).delete("west-submariner-cable-west-172-31-2-1", { namespace: "west" });
    await here.resource(ClusterKind).delete("west", { namespace: "west" });
    const left = ["east", "east-submariner-cable-east-172-31-1-2"];
    await until("east forgets west", async () => (await names(here, "east")).join() === left.join(), 30_000);
    expect(await names(there, BROKER)).toEqual(left);
    expect(west.state.problems).toEqual([]);
  }, 60_000);
});
