// SPDX-License-Identifier: Apache-2.0
import type { KubeCluster, Lab } from "../mod.ts";

interface GatewayList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: {
      readonly haStatus?: string;
      readonly connections?: readonly { readonly status: string; readonly statusMessage?: string }[] | null;
    };
  }[];
}

/** Longest wait for the gateways to find each other, in milliseconds. */
const LIMIT = 30_000;

/** Waits until every gateway says that it is connected to every other cluster; throws with what is missing. */
export async function connected(lab: Lab): Promise<void> {
  const deadline = Date.now() + LIMIT;
  for (;;) {
    const missing = (await Promise.all(lab.kubeClusters.map((kube) => whatIsMissing(kube, lab.kubeClusters.length - 1)))).flat();
    if (missing.length === 0) return;
    if (Date.now() > deadline) throw new Error(`the gateways are not connected after ${LIMIT / 1000} s: ${missing.join("; ")}`);
    await Bun.sleep(50);
  }
}

async function whatIsMissing(kube: KubeCluster, others: number): Promise<string[]> {
  const path = "/apis/submariner.io/v1/namespaces/submariner-operator/gateways";
  const { items } = (await kube.request({ method: "GET", path })) as GatewayList;
  if (items.length === 0) return [`no gateway of ${kube.cluster.id} has said anything`];
  return items.flatMap(({ metadata, status }) => {
    const connections = status?.connections ?? [];
    const bad = connections.filter((connection) => connection.status !== "connected");
    const name = `${kube.cluster.id}/${metadata.name}`;
    if (connections.length < others) return [`${name} has ${connections.length} of ${others} connections`];
    return bad.map((connection) => `${name} is ${connection.status}: ${connection.statusMessage ?? ""}`);
  });
}
