// SPDX-License-Identifier: Apache-2.0
import type { Lab } from "@strait/lab";
import { until } from "./until.ts";

interface EndpointObject {
  readonly metadata: { readonly creationTimestamp?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly cluster_id: string };
}

/**
 * The gateways that a cluster's Endpoint lists, as another cluster (or itself) has it: "gw1 gw2:leaving". Of two Endpoints the
 * newest counts.
 */
export async function listedGateways(lab: Lab, cluster: string, seenBy = cluster): Promise<string> {
  const path = "/apis/submariner.io/v1/namespaces/submariner-operator/endpoints";
  const { items } = (await lab.kube(seenBy).request({ method: "GET", path })) as { readonly items: readonly EndpointObject[] };
  const own = items.filter(({ spec }) => spec.cluster_id === cluster);
  const made = ({ metadata }: EndpointObject) => Date.parse(metadata.creationTimestamp ?? "");
  const newest = own.sort((a, b) => made(b) - made(a))[0];
  const list = JSON.parse(newest?.metadata.annotations?.["strait.io/gateways"] ?? "[]") as { hostname: string; phase?: string }[];
  return list.map(({ hostname, phase }) => (phase === undefined ? hostname : `${hostname}:${phase}`)).join(" ");
}

/** Waits until a cluster lists exactly these, in every cluster that is named. */
export async function lists(lab: Lab, cluster: string, wanted: string, seenBy: readonly string[] = [cluster]): Promise<void> {
  for (const id of seenBy) {
    let found = "";
    await until(
      `${id} to know the gateways "${wanted}" of ${cluster}`,
      async () => {
        found = await listedGateways(lab, cluster, id);
        if (found !== wanted) throw new Error(`it knows "${found}"`);
        return true;
      },
      90_000,
    );
  }
}

/** Gives a node the gateway label, or takes it away. */
export async function labelGateway(lab: Lab, node: string, gateway: boolean): Promise<void> {
  const { cluster, name } = lab.node(node);
  const body = { metadata: { labels: { "submariner.io/gateway": gateway ? "true" : null } } };
  const contentType = "application/merge-patch+json";
  await lab.kube(cluster).request({ method: "PATCH", path: `/api/v1/nodes/${name}`, body, contentType });
}
