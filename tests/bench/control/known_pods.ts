// SPDX-License-Identifier: Apache-2.0
import type { KubeCluster } from "@strait/lab";

/** The node that all of them are on; there is none of that name, only its object. */
const NODE = "crowded";
const PODS = "/api/v1/namespaces/default/pods";
/** Requests at the same time. */
const WORKERS = 16;

/**
 * Puts running pods into the API that are nowhere: what follows pods knows them as any other. Their addresses are in 10.2.200.0 and after,
 * which no node of the lab has.
 */
export async function makeKnownPods(kube: KubeCluster, count: number): Promise<void> {
  await kube.request({
    method: "POST",
    path: "/api/v1/nodes",
    body: { apiVersion: "v1", kind: "Node", metadata: { name: NODE }, spec: { unschedulable: true } },
  });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await makePod(kube, next++);
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

async function makePod(kube: KubeCluster, number: number): Promise<void> {
  const name = `known-${number}`;
  const podIP = `10.2.${200 + Math.floor(number / 250)}.${1 + (number % 250)}`;
  await kube.request({
    method: "POST",
    path: PODS,
    body: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      // No kubelet says that this node is there, and nobody is to take its pods away for it.
      spec: { nodeName: NODE, tolerations: [{ operator: "Exists" }], containers: [{ name: "main", image: "nowhere" }] },
    },
  });
  await kube.request({
    method: "PATCH",
    path: `${PODS}/${name}/status`,
    body: { status: { phase: "Running", podIP, podIPs: [{ ip: podIP }] } },
    contentType: "application/merge-patch+json",
  });
}
