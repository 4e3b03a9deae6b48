// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, ApiError, ConfigMapKind, PodKind } from "@strait/k8s";
import * as v from "valibot";
import type { CidrEvidence } from "../discovery/discover_cidrs.ts";
import type { CniEvidence } from "../discovery/discover_cni.ts";

/** What the API server tells about the cluster's network, besides its nodes. */
export interface NetworkEvidence
  extends Omit<CidrEvidence, "env" | "published" | "nodeCidrs">,
    Omit<CniEvidence, "told" | "allNodesHaveCidrs"> {}

/** Addresses that no cluster gives to Services, one per family: the refusal names the range. */
const IMPOSSIBLE = ["1.1.1.1", "2001:db8::1"] as const;

const items = v.looseObject({
  items: v.array(
    v.looseObject({
      metadata: v.looseObject({ name: v.string(), namespace: v.optional(v.string(), "") }),
      spec: v.nullish(v.looseObject({ cidrs: v.nullish(v.array(v.string()), []) })),
    }),
  ),
});

/**
 * Asks for everything that may name the cluster's subnets or its CNI plugin. What is not there or may not be read is left out;
 * where nobody answers at all, that is thrown, because then nothing is known.
 *
 * @param wanted an agent asks for the CNI plugin only, and so does a gateway whose installer has found the subnets out: it was given
 *   no rights for more
 * @throws ApiError where the API server is away
 */
export async function readEvidence(
  client: ApiClient,
  namespace: string,
  wanted: "everything" | "plugin",
  signal: AbortSignal,
): Promise<NetworkEvidence> {
  const configMap = async (name: string, key: string): Promise<string | undefined> =>
    (await client.resource(ConfigMapKind).get(name, { namespace: "kube-system", signal }))?.data?.[key];
  const list = async (path: string) => {
    const answer = v.safeParse(items, await client.request({ method: "GET", path, query: { limit: "500" }, signal }));
    return answer.success ? answer.output.items : undefined;
  };
  if (wanted === "plugin") {
    const [daemonSets, openShift] = await Promise.all([
      absent(list("/apis/apps/v1/daemonsets")),
      absent(openShiftNetwork(client, signal)),
    ]);
    return { daemonSets: daemonSets?.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`), openShift };
  }
  const [serviceCidrs, daemonSets, kubeadm, kubeProxy, apiServerFlags, controllerManagerFlags, openShift, ...refusals] =
    await Promise.all([
      absent(list("/apis/networking.k8s.io/v1/servicecidrs")),
      absent(list("/apis/apps/v1/daemonsets")),
      absent(configMap("kubeadm-config", "ClusterConfiguration")),
      absent(configMap("kube-proxy", "config.conf")),
      absent(flagsOf(client, "kube-apiserver", signal)),
      absent(flagsOf(client, "kube-controller-manager", signal)),
      absent(openShiftNetwork(client, signal)),
      ...IMPOSSIBLE.map((address) => absent(refusalOf(client, namespace, address, signal))),
    ]);
  return {
    serviceCidrs: serviceCidrs?.flatMap(({ spec }) => spec?.cidrs ?? []),
    daemonSets: daemonSets?.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    kubeadm,
    kubeProxy,
    apiServerFlags,
    controllerManagerFlags,
    openShift,
    serviceRefusals: refusals.filter((text) => text !== undefined),
  };
}

/** The answer, or undefined where the server says no to this one question. */
async function absent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (
      error instanceof ApiError &&
      error.status !== undefined &&
      error.status < 500 &&
      error.status !== 429 &&
      error.status !== 401
    ) {
      return undefined;
    }
    throw error;
  }
}

/** Words of the command lines of a control-plane component that runs as a pod, labelled as kubeadm does. */
async function flagsOf(client: ApiClient, component: string, signal: AbortSignal): Promise<string[]> {
  const labelSelector = `component=${component}`;
  const { items: pods } = await client.resource(PodKind).list({ namespace: "kube-system", labelSelector, signal });
  const [pod] = pods;
  return (pod?.spec?.containers ?? []).flatMap(({ command, args }) => [...(command ?? []), ...(args ?? [])]);
}

async function openShiftNetwork(client: ApiClient, signal: AbortSignal): Promise<string | undefined> {
  const answer = await client.request({ method: "GET", path: "/apis/config.openshift.io/v1/networks/cluster", signal });
  const shaped = v.safeParse(v.looseObject({ spec: v.looseObject({ networkType: v.string() }) }), answer);
  return shaped.success ? shaped.output.spec.networkType : undefined;
}

/** What the server says to a Service that cannot be; nothing is created (dry run). */
async function refusalOf(
  client: ApiClient,
  namespace: string,
  clusterIP: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const body = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "strait-range-probe", namespace },
    spec: { clusterIP, ports: [{ port: 443, protocol: "TCP" }] },
  };
  try {
    const path = `/api/v1/namespaces/${namespace}/services`;
    await client.request({ method: "POST", path, query: { dryRun: "All" }, body, signal });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 422) return error.message;
    throw error;
  }
}
