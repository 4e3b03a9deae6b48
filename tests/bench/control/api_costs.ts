// SPDX-License-Identifier: Apache-2.0
import type { KubeApp, KubeCluster, Lab } from "@strait/lab";
import { type ApiCost, apiCost, apiUse } from "./api_meter.ts";
import type { JoinedBed } from "./joined_bed.ts";

/** Milliseconds from one change to the next. */
const BETWEEN = 400;
/** Milliseconds until what the last change led to is over. */
const LINGER = 2000;

/** Strait's apps in a cluster of a bed. */
export function appsOf(lab: Lab, kube: KubeCluster): readonly KubeApp[] {
  const nodes = lab.nodes.filter(({ cluster }) => cluster === kube.cluster.id);
  return nodes.flatMap((node) => [kube.app(node, "routeagent"), ...(node.gateway ? [kube.app(node, "gateway")] : [])]);
}

/** What Strait's apps of a cluster ask for and are told, by the second, while nothing happens. */
export async function idleUse({ lab }: JoinedBed, kube: KubeCluster, milliseconds: number): Promise<ApiCost> {
  const apps = appsOf(lab, kube);
  const [before, began] = [await apiUse(kube, apps), performance.now()];
  await Bun.sleep(milliseconds);
  const cost = apiCost(before, await apiUse(kube, apps));
  return scaled(cost, 1000 / (performance.now() - began));
}

/**
 * What one change costs at the API servers of a cluster's apps, all of them together: what they do anyway in the same time is taken off.
 *
 * @param idle by the second
 * @param change makes the n-th change
 */
export async function costPerChange(
  { lab }: JoinedBed,
  kube: KubeCluster,
  count: number,
  idle: ApiCost,
  change: (number: number) => Promise<void>,
): Promise<ApiCost> {
  const apps = appsOf(lab, kube);
  const [before, began] = [await apiUse(kube, apps), performance.now()];
  for (let i = 0; i < count; i++) {
    await change(i);
    await Bun.sleep(BETWEEN);
  }
  await Bun.sleep(LINGER);
  const busy = apiCost(before, await apiUse(kube, apps));
  const anyway = scaled(idle, (performance.now() - began) / 1000);
  const per = (of: keyof ApiCost): number => (busy[of] - anyway[of]) / count;
  return { requests: per("requests"), received: per("received"), sent: per("sent") };
}

function scaled({ requests, received, sent }: ApiCost, by: number): ApiCost {
  return { requests: requests * by, received: received * by, sent: sent * by };
}

/** A third cluster's gateway at the broker, with one subnet more or less each time. It answers nobody. */
export async function changeEndpoint({ lab }: JoinedBed, number: number): Promise<void> {
  const [id, address] = ["far-off", "172.31.9.99"];
  const cable = `submariner-cable-${id}-${address.replaceAll(".", "-")}`;
  const namespace = "submariner-k8s-broker";
  const labels = { "submariner-io/clusterID": id };
  const cluster = { cluster_id: id, service_cidr: [], cluster_cidr: ["100.99.0.0/16"], global_cidr: [], color_codes: [] };
  const endpoint = {
    cluster_id: id,
    cable_name: cable,
    hostname: "gw",
    subnets: ["100.99.0.0/17", ...(number % 2 === 0 ? ["100.99.128.0/17"] : [])],
    private_ip: address,
    public_ip: "",
    nat_enabled: false,
    backend: "vxlan",
    backend_config: { "udp-port": "4500" },
    healthCheckIP: "100.99.0.1",
  };
  const apiVersion = "submariner.io/v1";
  const items = [
    { apiVersion, kind: "Cluster", metadata: { name: id, namespace, labels }, spec: cluster },
    { apiVersion, kind: "Endpoint", metadata: { name: `${id}-${cable}`, namespace, labels }, spec: endpoint },
  ];
  await lab.workstation.kubectl("broker", ["apply", "--validate=false", "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
}
