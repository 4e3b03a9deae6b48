// SPDX-License-Identifier: Apache-2.0
import type { Lab } from "@strait/lab";
import { until } from "./until.ts";

interface EndpointList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
    readonly spec: { readonly cluster_id: string };
  }[];
}

const PATH = "/apis/submariner.io/v1/namespaces/submariner-operator/endpoints";
const MARK = "example.org/mark";

/**
 * Waits until changes travel from cluster to cluster: an annotation of west's Endpoint, made by hand in west, arrives in east.
 *
 * @param milliseconds how long it may take; 40000 when absent
 */
export async function changesTravel(lab: Lab, milliseconds = 40_000): Promise<void> {
  const endpoint = async (of: string) => {
    const { items } = (await lab.kube(of).request({ method: "GET", path: PATH })) as EndpointList;
    return items.find(({ spec }) => spec.cluster_id === "west");
  };
  const own = await endpoint("west");
  if (own === undefined) throw new Error("west has no Endpoint");
  const mark = String(Date.now());
  await lab.kube("west").request({
    method: "PATCH",
    path: `${PATH}/${own.metadata.name}`,
    body: { metadata: { annotations: { [MARK]: mark } } },
    contentType: "application/merge-patch+json",
  });
  const arrived = async () => (await endpoint("east"))?.metadata.annotations?.[MARK] === mark;
  await until("the change to arrive in east", arrived, milliseconds);
}
