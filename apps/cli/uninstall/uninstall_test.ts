// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import {
  BROKER,
  ClusterKind,
  ClusterRoleKind,
  CustomResourceDefinitionKind,
  EndpointKind,
  NamespaceKind,
  NodeKind,
  SubmarinerKind,
} from "@strait/k8s";
import { NAMES } from "@strait/manifests";
import { type Clusterset, type Place, startClusterset } from "../testing/clusterset.ts";

const namespace = BROKER.namespace;
let set: Clusterset;
let east: Place;

beforeAll(async () => {
  set = await startClusterset({ east: { pods: "10.1.0.0/16", services: "100.1.0.0/16" } });
  ({ east } = set.clusters as { east: Place });
  await set.run(set.broker, ["deploy-broker", "--file", "{dir}/b.subm"]);
}, 60_000);
afterAll(() => set[Symbol.asyncDispose]());

/** East has joined, and it and west are announced. */
beforeEach(async () => {
  expect((await set.run(east, ["join", "{dir}/b.subm", "--clusterid", "east", "--wait=false"])).code).toBe(0);
  for (const id of ["east", "west"]) {
    const labels = { "submariner-io/clusterID": id };
    const spec = { cluster_id: id, service_cidr: [`100.${id.length}.0.0/16`], cluster_cidr: [], global_cidr: [] };
    const cable = {
      ...{ cluster_id: id, cable_name: `submariner-cable-${id}-10-0-0-1`, hostname: "gw", subnets: [], private_ip: "10.0.0.1" },
      ...{ public_ip: "", nat_enabled: false, backend: "vxlan", backend_config: {} },
    };
    const name = `${id}-${cable.cable_name}`;
    if (await set.broker.client.resource(ClusterKind).get(id, { namespace })) continue;
    await set.broker.client.resource(ClusterKind).create({ metadata: { name: id, namespace, labels }, spec } as never);
    await set.broker.client.resource(EndpointKind).create({ metadata: { name, namespace, labels }, spec: cable } as never);
  }
});

const announced = async () => {
  const names = [];
  for (const kind of [set.broker.client.resource(ClusterKind), set.broker.client.resource(EndpointKind)])
    names.push(...(await kind.list({ namespace })).items.map(({ metadata }) => metadata.name));
  return names;
};
const ALL = ["east", "west", "east-submariner-cable-east-10-0-0-1", "west-submariner-cable-west-10-0-0-1"];
const hasJoined = async () =>
  (await east.client.resource(SubmarinerKind).get(NAMES.submariner, { namespace: NAMES.namespace })) !== undefined;

test("strait uninstall asks first: it refuses where nobody answers, and does nothing on a no", async () => {
  const asked: string[] = [];
  expect(await set.run(east, ["uninstall"])).toEqual({
    code: 2,
    out: "",
    err: "strait: uninstall asks before it removes anything: say --yes where nobody can answer\n",
  });
  const no = await set.run(east, ["uninstall"], {
    ask: (question) => {
      asked.push(question);
      return "";
    },
  });
  expect(no).toEqual({ code: 1, out: "", err: "strait: nothing was removed\n" });
  expect(asked).toEqual(['Remove Strait from cluster "east"? Its pods lose the other clusters. [y/N]']);
  expect([await hasJoined(), await announced()]).toEqual([true, ALL]);
});

test("strait uninstall removes everything of the cluster's, on the broker too, and nothing of the others'", async () => {
  const { code, out, err } = await set.run(east, ["uninstall"], { ask: () => "y" });
  expect([code, err]).toEqual([0, ""]);
  expect(out.split("\n")).toEqual([
    " ✓ Stopped gateways and node agents",
    " ✓ Left the clusterset: 2 objects of cluster east are gone from the broker",
    " ✓ Took the gateway label off 1 node",
    " ✓ Removed Strait's objects",
    "",
  ]);
  expect(await announced()).toEqual(["west", "west-submariner-cable-west-10-0-0-1"]);
  const { client } = east;
  expect(await client.resource(NamespaceKind).get(NAMES.namespace)).toBeUndefined();
  expect((await client.resource(NodeKind).get("east-node"))?.metadata.labels?.[NAMES.gatewayLabel]).toBeUndefined();
  const left = [
    ...(await client.resource(CustomResourceDefinitionKind).list({})).items,
    ...(await client.resource(ClusterRoleKind).list({ labelSelector: "app.kubernetes.io/managed-by=strait" })).items,
  ];
  expect(left.map(({ metadata }) => metadata.name)).toEqual([]);
});

test("strait uninstall a second time has nothing to do and says so", async () => {
  await set.run(east, ["uninstall", "--yes"]);
  const { code, out } = await set.run(east, ["uninstall", "--yes", "-o", "json"]);
  expect(code).toBe(0);
  const { ok, steps } = JSON.parse(out);
  expect(ok).toBe(true);
  expect(steps).toContainEqual({
    step: 'cluster "east" has not joined; removing what is left of Strait',
    result: "warning",
  });
});

test("strait uninstall without its broker removes the rest, ends with 1 and says how to finish", async () => {
  const spec = { brokerK8sApiServer: "127.0.0.1:1" };
  await east.client.resource(SubmarinerKind).patch(NAMES.submariner, { spec }, { type: "merge", namespace: NAMES.namespace });
  const { code, out } = await set.run(east, ["uninstall", "--yes"]);
  expect(code).toBe(1);
  expect(out).toContain(" ✗ Leaving the clusterset: ");
  expect(out).toContain(
    ` ⚠ the other clusters still see cluster east: remove it on the broker with kubectl --namespace ${namespace} delete clusters.submariner.io,endpoints.submariner.io --selector submariner-io/clusterID=east\n`,
  );
  expect(out).toContain(" ✓ Removed Strait's objects\n");
  expect(await announced()).toEqual(ALL);
  expect(await east.client.resource(NamespaceKind).get(NAMES.namespace)).toBeUndefined();
  for (const kind of [set.broker.client.resource(ClusterKind), set.broker.client.resource(EndpointKind)]) {
    for (const { metadata } of (await kind.list({ namespace, labelSelector: "submariner-io/clusterID=east" })).items)
      await kind.delete(metadata.name, { namespace });
  }
  expect(await announced()).toEqual(["west", "west-submariner-cable-west-10-0-0-1"]);
});

test("strait uninstall that is interrupted removes nothing more", async () => {
  const interrupted = new AbortController();
  const { code, out } = await set.run(east, ["uninstall", "--yes"], {
    signal: interrupted.signal,
    env: {
      get KUBECONFIG() {
        interrupted.abort(new Error("interrupted"));
        return east.kubeconfig;
      },
    },
  });
  expect(code).toBe(1);
  expect(out).toBe(" ✗ Stopping gateways and node agents: interrupted\n");
  expect([await hasJoined(), await announced()]).toEqual([true, ALL]);
});
