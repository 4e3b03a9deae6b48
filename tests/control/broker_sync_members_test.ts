// SPDX-License-Identifier: Apache-2.0
/** The exchange with nothing but a member's own credential, on a broker that keeps members apart. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ApiClient,
  BROKER,
  ClusterKind,
  clusterObject,
  crds,
  EndpointKind,
  endpointObject,
  loadKubeConfig,
  NamespaceKind,
} from "@strait/k8s";
import { type ControlPlane, startControlPlane, wantedKind } from "@strait/lab";
import { BrokerSync } from "@strait/member";
import { clusterId } from "@strait/model";
import { Log } from "@strait/obs";
import { type BrokerPlace, startBrokerPlace } from "./support/broker_place.ts";
import { cluster, endpoint } from "./support/published.ts";
import { until } from "./support/until.ts";

const IDS = ["east", "west"] as const;

describe(`a member's credential on ${wantedKind() === "real" ? "Kubernetes" : "the embedded broker"}`, () => {
  const dir = mkdtempSync(join(tmpdir(), "strait-home-"));
  const syncs: BrokerSync[] = [];
  let place: BrokerPlace;
  let home: ControlPlane;
  let here: ApiClient;

  const names = async (namespace: string) => {
    const lists = [await here.resource(ClusterKind).list({ namespace }), await here.resource(EndpointKind).list({ namespace })];
    return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name)).sort();
  };
  const endpointOf = (n: number, gateway: number) => `${IDS[n - 1]}-submariner-cable-${IDS[n - 1]}-172-31-${n}-${gateway}`;

  beforeAll(async () => {
    place = await startBrokerPlace();
    home = await startControlPlane({ kind: wantedKind(), dir });
    here = new ApiClient(await loadKubeConfig({ path: home.kubeconfig }));
    for (const name of IDS) await here.resource(NamespaceKind).create({ metadata: { name } });
    for (const body of crds([ClusterKind, EndpointKind] as never)) {
      await here.request({ method: "POST", path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body });
    }
    await until("the kinds are served", () => names("east"));
  }, 180_000);
  afterAll(async () => {
    await Promise.all(syncs.map((sync) => sync.stop()));
    here?.close();
    await Promise.all([place?.stop(), home?.[Symbol.asyncDispose]()]);
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);

  test("is enough for the whole exchange: to publish, to change, to fail over and to leave", async () => {
    for (const [i, id] of IDS.entries()) {
      await here.resource(ClusterKind).create(clusterObject(cluster(id, i + 1), id));
      await here.resource(EndpointKind).create(endpointObject(endpoint(id, i + 1, 1), id));
      const sync = new BrokerSync({
        local: here,
        broker: await place.member(id),
        namespace: id,
        brokerNamespace: BROKER.namespace,
        clusterId: clusterId(id),
        log: new Log({ level: "error" }),
      });
      syncs.push(sync);
      sync.start();
    }
    const all = ["east", endpointOf(1, 1), "west", endpointOf(2, 1)];
    for (const id of IDS) await until(`${id} knows both`, async () => (await names(id)).join() === all.join());
    expect(syncs.flatMap((sync) => sync.state.problems)).toEqual([]);

    const own = await here.resource(ClusterKind).get("east", { namespace: "east" });
    if (!own) throw new Error("east has lost its Cluster");
    await here.resource(ClusterKind).replace({ ...own, spec: cluster9() });
    await until("the change in west", async () => {
      const copy = await here.resource(ClusterKind).get("east", { namespace: "west" });
      return copy?.spec.cluster_cidr.includes("10.9.0.0/16");
    });

    await here.resource(EndpointKind).create(endpointObject(endpoint("east", 1, 2), "east"));
    await here.resource(EndpointKind).delete(endpointOf(1, 1), { namespace: "east" });
    await until(
      "the new gateway in west",
      async () => (await names("west")).join() === ["east", endpointOf(1, 2), "west", endpointOf(2, 1)].join(),
    );

    await here.resource(EndpointKind).delete(endpointOf(1, 2), { namespace: "east" });
    await here.resource(ClusterKind).delete("east", { namespace: "east" });
    await until("west is alone", async () => (await names("west")).join() === ["west", endpointOf(2, 1)].join());
    expect(syncs.flatMap((sync) => sync.state.problems)).toEqual([]);
  }, 120_000);
});

/** What east says after its pods got another subnet. */
function cluster9() {
  return clusterObject(cluster("east", 9), "east").spec;
}
