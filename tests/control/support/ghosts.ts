// SPDX-License-Identifier: Apache-2.0
import type { KubeCluster } from "@strait/lab";

const NODE = "ghost";
/** Requests under way at the same time. */
const PARALLEL = 24;
const MERGE = { contentType: "application/merge-patch+json" };

/** Every how manieth of them has an address. */
export const EVERY = 10;

/**
 * Makes `count` pods of the cluster with subnets 10.1.0.0/16 that run nowhere: on a node that is no more than its object. Every
 * tenth gets an address, from 10.1.128.0 on.
 */
export async function ghosts(kube: KubeCluster, count: number): Promise<void> {
  await kube.request({ method: "POST", path: "/api/v1/nodes", body: { metadata: { name: NODE } } });
  const addresses = [{ type: "InternalIP", address: "172.31.1.199" }];
  await kube.request({ method: "PATCH", path: `/api/v1/nodes/${NODE}/status`, body: { status: { addresses } }, ...MERGE });
  const numbers = Array.from({ length: count }, (_, index) => index).values();
  const worker = async () => {
    for (const index of numbers) await ghost(kube, index);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

async function ghost(kube: KubeCluster, index: number): Promise<void> {
  const path = "/api/v1/namespaces/default/pods";
  const name = `ghost-${index}`;
  const spec = { nodeName: NODE, automountServiceAccountToken: false, containers: [{ name: "main", image: "none" }] };
  await kube.request({ method: "POST", path, body: { metadata: { name }, spec } });
  if (index % EVERY !== 0) return;
  const number = index / EVERY;
  const ip = `10.1.${128 + Math.floor(number / 250)}.${1 + (number % 250)}`;
  const status = { phase: "Running", podIP: ip, podIPs: [{ ip }] };
  await kube.request({ method: "PATCH", path: `${path}/${name}/status`, body: { status }, ...MERGE });
}
