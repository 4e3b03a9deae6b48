// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, BrokerKind, crds, NamespaceKind, NodeKind, PodKind, type Submariner } from "@strait/k8s";
import { accounts, NAMES } from "@strait/manifests";
import type { Cluster } from "../connect.ts";
import { remove } from "../objects.ts";
import { joined, listAll } from "../show/read.ts";
import type { Steps } from "../steps.ts";
import { waitUntil } from "../wait_until.ts";
import { cleanNodes } from "./clean_nodes.ts";
import { leaveBroker } from "./leave_broker.ts";

export interface LeaveParts {
  readonly own: Cluster;
  readonly namespace: string;
  readonly steps: Steps;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Takes Strait out of a cluster: the apps end first, since a gateway that runs announces its cluster again at once, and the nodes
 * forward on; then the cluster leaves the broker, so that nothing is announced that does not work any more; then the nodes and the
 * objects. What cannot be done is said, and the rest goes on; a second run finishes it.
 */
export async function leaveCluster(parts: LeaveParts): Promise<void> {
  const { own, namespace, steps, signal, timeoutMs } = parts;
  const { client } = own;
  const submariner = await joined(client, namespace);
  const image = await agentImage(client, namespace);
  const attempt = attempts(steps, signal);
  await attempt(
    "Stopping gateways and node agents",
    () => stopApps(client, namespace, timeoutMs, signal),
    () => "Stopped gateways and node agents",
  );
  if (!submariner) steps.say("warning", `cluster "${own.name}" has not joined; removing what is left of Strait`);
  else await leave(parts, attempt, submariner);
  if (image !== undefined) await cleanNodes({ client, namespace, image, steps, signal, timeoutMs });
  await attempt(
    "Taking the gateway labels off the nodes",
    () => unlabel(client),
    (n) => `Took the gateway label off ${n} ${n === 1 ? "node" : "nodes"}`,
  );
  await attempt(
    "Removing Strait's objects",
    () => removeObjects(client, namespace, timeoutMs, signal),
    (text) => text,
  );
}

type Attempt = <T>(doing: string, act: () => Promise<T>, done: (value: T) => string) => Promise<boolean>;

/** Does one thing after the other: what failed was said by its step, and the next one may still work. Ctrl-C ends it all. */
function attempts(steps: Steps, signal: AbortSignal): Attempt {
  return async (doing, act, done) => {
    try {
      await steps.run(doing, act, done);
      return true;
    } catch (error) {
      if (signal.aborted) throw error;
      return false;
    }
  };
}

/** Leaves the broker. The credential for it goes with the cluster's objects: what stays there must be removed by its administrator. */
async function leave({ own, namespace, steps }: LeaveParts, attempt: Attempt, submariner: Submariner): Promise<void> {
  const left = await attempt(
    "Leaving the clusterset",
    () => leaveBroker(own.client, namespace, submariner),
    (text) => text,
  );
  const { clusterID, brokerK8sRemoteNamespace: place } = submariner.spec ?? {};
  if (left || clusterID === undefined) return;
  const command = `kubectl --namespace ${place} delete clusters.submariner.io,endpoints.submariner.io --selector submariner-io/clusterID=${clusterID}`;
  steps.say("warning", `the other clusters still see cluster ${clusterID}: remove it on the broker with ${command}`);
}

/** The image of the node agent, in which the programs and maps on the nodes are taken down again. */
async function agentImage(client: ApiClient, namespace: string): Promise<string | undefined> {
  const { items } = await client.resource(PodKind).list({ namespace, labelSelector: `app=${NAMES.routeagent}` });
  return items[0]?.spec?.containers?.[0]?.image;
}

async function stopApps(client: ApiClient, namespace: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  for (const name of [NAMES.gateway, NAMES.routeagent]) {
    await remove(client, { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name, namespace } });
  }
  const labelSelector = `app in (${NAMES.gateway},${NAMES.routeagent})`;
  const gone = await waitUntil(
    async () => ((await client.resource(PodKind).list({ namespace, labelSelector })).items.length === 0 ? true : undefined),
    { timeoutMs, signal },
  );
  if (!gone) throw new Error(`their pods are still there after ${timeoutMs / 1000} s`);
}

async function unlabel(client: ApiClient): Promise<number> {
  const nodes = client.resource(NodeKind);
  const { items } = await nodes.list({ labelSelector: NAMES.gatewayLabel });
  for (const { metadata } of items) {
    await nodes.patch(metadata.name, { metadata: { labels: { [NAMES.gatewayLabel]: null } } }, { type: "merge" });
  }
  return items.length;
}

/** Namespace, cluster-wide roles and, unless this cluster is the broker, our kinds with all their objects. */
async function removeObjects(client: ApiClient, namespace: string, timeoutMs: number, signal: AbortSignal): Promise<string> {
  const isBroker = (await listAll(client, BrokerKind)).length > 0;
  const clusterWide = accounts(namespace).filter((object) => object.metadata.namespace === undefined);
  for (const object of clusterWide) await remove(client, object);
  if (!isBroker) for (const crd of crds()) await remove(client, crd);
  await remove(client, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const namespaces = client.resource(NamespaceKind);
  const gone = await waitUntil(async () => ((await namespaces.get(namespace)) ? undefined : true), { timeoutMs, signal });
  if (!gone) throw new Error(`namespace ${namespace} is still there after ${timeoutMs / 1000} s: look at its conditions`);
  return isBroker ? "Removed Strait's objects; this cluster stays the broker" : "Removed Strait's objects";
}
