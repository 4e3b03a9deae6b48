// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, ApiError, ConfigMapKind, DaemonSetKind, NodeKind, PodKind } from "@strait/k8s";
import { type CidrEvidence, discoverCidrs, discoverCni, type FoundCidrs } from "@strait/member";
import { formatCidr } from "@strait/model";
import * as v from "valibot";
import { Failure } from "../failure.ts";
import { listAll } from "../show/read.ts";
import type { Steps } from "../steps.ts";
import type { JoinOptions } from "./join_options.ts";

/** A cluster's address plan, and who wires its pods. */
export interface Network {
  /** All of them, both families. */
  readonly podCidrs: readonly string[];
  readonly serviceCidrs: readonly string[];
  /** Whether pods' subnets were read off the present nodes, so that they grow with the cluster. */
  readonly podCidrsOfNodes: boolean;
  /** The CNI plugin in Submariner's words. */
  readonly plugin: string;
}

/** Finds out pod and Service CIDRs and says where they were read; what a flag names is believed. */
export async function networkOf(
  client: ApiClient,
  options: Pick<JoinOptions, "clustercidr" | "servicecidr">,
  steps: Steps,
): Promise<Network> {
  const evidence = await readEvidence(client);
  const found = discoverCidrs({
    ...evidence,
    env: { pods: options.clustercidr?.join(","), services: options.servicecidr?.join(",") },
  });
  const daemonSets = (await listAll(client, DaemonSetKind)).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const cni = discoverCni({ daemonSets, allNodesHaveCidrs: evidence.nodeCidrs.every((subnets) => subnets.length > 0) });
  const podCidrs = tell(steps, "Pod", "--clustercidr", options.clustercidr, found.pods);
  const serviceCidrs = tell(steps, "Service", "--servicecidr", options.servicecidr, found.services);
  steps.say("done", `CNI plugin: ${cni.name} (${cni.evidence})`);
  return { podCidrs, serviceCidrs, podCidrsOfNodes: found.pods.evidence.includes("podCIDRs"), plugin: cni.name };
}

function tell(
  steps: Steps,
  what: string,
  flag: string,
  given: readonly string[] | undefined,
  found: FoundCidrs,
): readonly string[] {
  for (const reason of found.refused) steps.say("warning", `${what} CIDRs: ${reason}`);
  if (found.cidrs.length === 0) throw new Failure(`the ${what.toLowerCase()} CIDRs cannot be found out: say ${flag} SUBNETS`);
  const cidrs = found.cidrs.map(formatCidr);
  steps.say("done", `${what} CIDRs: ${cidrs.join(", ")} (${given ? `flag ${flag}` : found.evidence})`);
  return cidrs;
}

/** Addresses that no cluster uses: a Service that asks for one is refused with the range in which it had to be. */
const IMPOSSIBLE = ["1.1.1.1", "2001:db8:ffff::1"];

async function readEvidence(client: ApiClient): Promise<CidrEvidence> {
  const nodes = await listAll(client, NodeKind);
  const flagsOf = async (component: string): Promise<readonly string[]> => {
    const { items } = await client.resource(PodKind).list({ namespace: "kube-system", labelSelector: `component=${component}` });
    return items.flatMap((pod) => pod.spec?.containers?.[0]?.command ?? []);
  };
  const [serviceCidrs, kubeadm, kubeProxy, apiServerFlags, controllerManagerFlags, ...serviceRefusals] = await Promise.all([
    readServiceCidrs(client),
    configMapKey(client, "kubeadm-config", "ClusterConfiguration"),
    configMapKey(client, "kube-proxy", "config.conf"),
    flagsOf("kube-apiserver"),
    flagsOf("kube-controller-manager"),
    ...IMPOSSIBLE.map((address) => refusalOf(client, address)),
  ]);
  return {
    env: {},
    serviceCidrs,
    kubeadm,
    kubeProxy,
    apiServerFlags,
    controllerManagerFlags,
    serviceRefusals: serviceRefusals.filter((text) => text !== undefined),
    nodeCidrs: nodes.map((node) => node.spec?.podCIDRs ?? (node.spec?.podCIDR ? [node.spec.podCIDR] : [])),
  };
}

const serviceCidrList = v.object({ items: v.array(v.object({ spec: v.optional(v.object({ cidrs: v.array(v.string()) })) })) });

/** ServiceCIDR objects, which Kubernetes has since 1.33. */
async function readServiceCidrs(client: ApiClient): Promise<readonly string[] | undefined> {
  try {
    const answer = await client.request({ method: "GET", path: "/apis/networking.k8s.io/v1/servicecidrs" });
    const parsed = v.safeParse(serviceCidrList, answer);
    return parsed.success ? parsed.output.items.flatMap((item) => item.spec?.cidrs ?? []) : undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function configMapKey(client: ApiClient, name: string, key: string): Promise<string | undefined> {
  return (await client.resource(ConfigMapKind).get(name, { namespace: "kube-system" }))?.data?.[key];
}

/** What the API server answers to a Service with an address outside of its range; nothing is created (dry run). */
async function refusalOf(client: ApiClient, clusterIP: string): Promise<string | undefined> {
  const ipFamilies = [clusterIP.includes(":") ? "IPv6" : "IPv4"];
  const body = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "strait-asks-for-the-range", namespace: "default" },
    spec: { clusterIP, clusterIPs: [clusterIP], ipFamilies, ports: [{ port: 443 }] },
  };
  try {
    await client.request({ method: "POST", path: "/api/v1/namespaces/default/services", query: { dryRun: "All" }, body });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.reason === "Invalid") return error.message;
    if (error instanceof ApiError && error.status !== undefined && error.status < 500) return undefined;
    throw error;
  }
}
