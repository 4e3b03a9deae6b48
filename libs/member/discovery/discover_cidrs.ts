// SPDX-License-Identifier: Apache-2.0
import type { Cidr } from "@strait/model";
import { joinCidrs, readCidrs } from "./cidr_texts.ts";

/** What was read about a cluster's address plan; a member is absent where it could not be read or is not there. */
export interface CidrEvidence {
  /** SUBMARINER_CLUSTERCIDR, SUBMARINER_SERVICECIDR: lists with commas. */
  readonly env: { readonly pods?: string | undefined; readonly services?: string | undefined };
  /** The cluster's own Cluster object, which its leading gateway wrote. */
  readonly published?: { readonly pods: readonly string[]; readonly services: readonly string[] } | undefined;
  /** spec.cidrs of all ServiceCIDR objects (networking.k8s.io/v1). */
  readonly serviceCidrs?: readonly string[] | undefined;
  /** ClusterConfiguration of the ConfigMap kube-system/kubeadm-config, YAML. */
  readonly kubeadm?: string | undefined;
  /** config.conf of the ConfigMap kube-system/kube-proxy, YAML. */
  readonly kubeProxy?: string | undefined;
  /** Words of the command lines of pods kube-apiserver and kube-controller-manager. */
  readonly apiServerFlags?: readonly string[] | undefined;
  readonly controllerManagerFlags?: readonly string[] | undefined;
  /** What the API server answered to Services with an address that no cluster uses, one text per family. */
  readonly serviceRefusals?: readonly string[] | undefined;
  /** spec.podCIDRs of every node. */
  readonly nodeCidrs: readonly (readonly string[])[];
}

/** The subnets of pods or of Services, and where that was read. */
export interface FoundCidrs {
  readonly cidrs: readonly Cidr[];
  /** For the log: "flag --service-cluster-ip-range of kube-apiserver". Says "nothing" where nothing was found. */
  readonly evidence: string;
  /** How sure that is: 0 is the surest, what was found nowhere is the least. */
  readonly rank: number;
  /** What was there and could not be read. */
  readonly refused: readonly string[];
}

/** The rank of what is believed for want of anything else. */
export const UNSURE = 100;

interface Candidate {
  readonly evidence: string;
  readonly texts: readonly (string | undefined)[];
  readonly join?: boolean;
}

/**
 * All subnets of the cluster's pods and Services, both families, from the surest evidence that names any: what the
 * administrator said, then what the leading gateway published, then Kubernetes itself.
 *
 * @example
 * discoverCidrs({ env: { pods: "10.1.0.0/16" }, nodeCidrs: [], serviceCidrs: ["10.96.0.0/12"] }).services.evidence // "ServiceCIDR objects"
 */
export function discoverCidrs(evidence: CidrEvidence): { readonly pods: FoundCidrs; readonly services: FoundCidrs } {
  const { env, published, kubeadm, kubeProxy, apiServerFlags = [], controllerManagerFlags = [] } = evidence;
  const pods = firstOf([
    { evidence: "SUBMARINER_CLUSTERCIDR", texts: [env.pods] },
    { evidence: "the Cluster object", texts: published?.pods ?? [] },
    { evidence: "podSubnet of kubeadm-config", texts: [yamlValue(kubeadm, "podSubnet")] },
    { evidence: "flag --cluster-cidr of kube-controller-manager", texts: flag(controllerManagerFlags, "cluster-cidr") },
    { evidence: "clusterCIDR of kube-proxy's configuration", texts: [yamlValue(kubeProxy, "clusterCIDR")] },
    { evidence: "spec.podCIDRs of all nodes", texts: evidence.nodeCidrs.flat(), join: true },
  ]);
  const services = firstOf([
    { evidence: "SUBMARINER_SERVICECIDR", texts: [env.services] },
    { evidence: "the Cluster object", texts: published?.services ?? [] },
    { evidence: "ServiceCIDR objects", texts: evidence.serviceCidrs ?? [] },
    { evidence: "serviceSubnet of kubeadm-config", texts: [yamlValue(kubeadm, "serviceSubnet")] },
    { evidence: "flag --service-cluster-ip-range of kube-apiserver", texts: flag(apiServerFlags, "service-cluster-ip-range") },
    { evidence: "the refusal of a Service", texts: (evidence.serviceRefusals ?? []).map(validRange) },
  ]);
  return { pods, services };
}

/** The first candidate that names a subnet; what the ones before it said and could not be read is told. */
function firstOf(candidates: readonly Candidate[]): FoundCidrs {
  const refused: string[] = [];
  for (const [rank, { evidence, texts, join }] of candidates.entries()) {
    const read = readCidrs(texts.filter((text) => text !== undefined));
    refused.push(...read.refused.map((reason) => `${evidence}: ${reason}`));
    if (read.cidrs.length > 0) return { cidrs: join ? joinCidrs(read.cidrs) : read.cidrs, evidence, rank, refused };
  }
  return { cidrs: [], evidence: "nothing", rank: UNSURE, refused };
}

/** A scalar of a YAML text that Kubernetes' own tools wrote: one line, perhaps in quotes. */
function yamlValue(yaml: string | undefined, key: string): string | undefined {
  return yaml?.match(new RegExp(`^\\s*${key}:[ \\t]*["']?([^"'\\s#]+)`, "m"))?.[1];
}

/** The value of a flag in a command line, written --name=value or --name value. */
function flag(words: readonly string[], name: string): string[] {
  const own = words.flatMap((word, i) => {
    if (word.startsWith(`--${name}=`)) return [word.slice(name.length + 3)];
    return word === `--${name}` ? [words[i + 1] ?? ""] : [];
  });
  return own.slice(-1); // As Go's flags: the last one counts.
}

/** "… The range of valid IPs is 10.96.0.0/12": the service registry's refusal of an address outside of it. */
function validRange(message: string): string | undefined {
  return message.match(/range of valid IPs is ([0-9a-fA-F.:/, ]+)/)?.[1];
}
