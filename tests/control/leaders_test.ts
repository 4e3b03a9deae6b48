// SPDX-License-Identifier: Apache-2.0
/** Two gateways of one cluster: who leads may change and even be doubtful; packets do not depend on it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type KubeCluster, labObstacle } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { killed } from "./support/app_status.ts";
import { JoinedLab, TWO_GATEWAYS, TWO_NODES } from "./support/joined_lab.ts";
import { until } from "./support/until.ts";

const NAMESPACE = "submariner-operator";
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/submariner-gateway-lock`;

describeIf(labObstacle())("a cluster with two gateways", () => {
  let joined: JoinedLab;
  let east: KubeCluster;

  beforeAll(async () => {
    joined = await JoinedLab.create({ east: TWO_GATEWAYS, west: TWO_NODES });
    east = joined.lab.kube("east");
  }, 120_000);
  afterAll(() => joined?.[Symbol.asyncDispose]());

  const active = async () =>
    (await joined.gateways(east)).filter(({ status }) => status?.haStatus === "active").map(({ metadata }) => metadata.name);
  const oneLeads = () =>
    until("one of the gateways to lead", async () => {
      const names = await active();
      return names.length === 1 && names[0];
    });
  const other = (name: string) => (name === "gw1" ? "gw2" : "gw1");
  const gateway = (name: string) => east.app(joined.lab.node(`east/${name}`), "gateway");
  const endpoints = async (of: KubeCluster) => {
    const path = `/apis/submariner.io/v1/namespaces/${NAMESPACE}/endpoints`;
    const { items } = (await of.request({ method: "GET", path })) as {
      readonly items: readonly { readonly spec: { readonly cluster_id: string; readonly hostname: string } }[];
    };
    return items.filter(({ spec }) => spec.cluster_id === "east").map(({ spec }) => spec.hostname);
  };

  test("has one leader, and both are connected", async () => {
    const leader = await oneLeads();
    await joined.connected();
    expect(await endpoints(east)).toEqual([leader]);
    expect(await endpoints(joined.lab.kube("west"))).toEqual([leader]);
  }, 60_000);

  test("loses nothing when its leader gives up the lease, and the other one publishes itself", async () => {
    const leader = await oneLeads();
    const load = await joined.load();
    gateway(leader).kill("SIGTERM");
    await until("west to know the other gateway", async () => (await endpoints(joined.lab.kube("west")))[0] !== undefined);
    await joined.connected();
    await joined.trafficPasses();
    await oneLeads();
    await load.stopWithoutLoss();
  }, 90_000);

  test("loses nothing while both gateways believe to lead, and one Endpoint is left in the end", async () => {
    const leader = await oneLeads();
    const next = other(leader);
    const load = await joined.load();
    // The leader is stopped in the middle of its belief; meanwhile the lease becomes the other one's.
    gateway(leader).kill("SIGSTOP");
    const body = { spec: { holderIdentity: `${next}-submariner-gateway` } };
    await east.request({ method: "PATCH", path: LEASE, body, contentType: "application/merge-patch+json" });
    await until("the other one to lead", async () => (await active()).includes(next));
    expect(await active()).toHaveLength(2);
    gateway(leader).kill("SIGCONT");
    expect(await oneLeads()).toBe(next);
    for (const kube of joined.lab.kubeClusters) {
      await until(`one Endpoint in ${kube.cluster.id}`, async () => {
        const names = await endpoints(kube);
        return names.length === 1 && names[0] === next;
      });
    }
    await joined.connected();
    await joined.trafficPasses();
    await load.stopWithoutLoss();
  }, 90_000);

  test("loses nothing while both gateways' apps are killed at once", async () => {
    const load = await joined.load();
    await killed(gateway("gw1"), gateway("gw2"));
    await oneLeads();
    await joined.connected();
    await load.stopWithoutLoss();
  }, 90_000);
});
