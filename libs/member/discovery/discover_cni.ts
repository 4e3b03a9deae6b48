// SPDX-License-Identifier: Apache-2.0

/** The CNI plugin in Submariner's words. */
export type CniName =
  | "OpenShiftSDN"
  | "OVNKubernetes"
  | "weave-net"
  | "canal-flannel"
  | "calico"
  | "flannel"
  | "kindnet"
  | "generic";

/** How it is known which node a pod's address leads to. */
export type PodPlacement = "node subnets" | "each pod";

/** What the cluster's CNI plugin is and what that means for us. */
export interface FoundCni {
  readonly name: CniName;
  readonly placement: PodPlacement;
  /** For the log: "DaemonSet kube-flannel/kube-flannel-ds". */
  readonly evidence: string;
  /** Whether anything names it; else it is `generic` for want of a name. */
  readonly named: boolean;
}

/** What was read about the CNI plugin. */
export interface CniEvidence {
  /** Submariner.status.networkPlugin or SUBMARINER_NETWORKPLUGIN, where somebody said it. */
  readonly told?: string | undefined;
  /** "namespace/name" of all DaemonSets; absent where they may not be read. */
  readonly daemonSets?: readonly string[] | undefined;
  /** spec.networkType of OpenShift's Network config. */
  readonly openShift?: string | undefined;
  /** Whether every node has spec.podCIDRs. */
  readonly allNodesHaveCidrs: boolean;
}

/** In Submariner's order of looking. `eachPod`: the plugin has an address plan of its own, in which nodes' podCIDRs mean nothing. */
const RULES: readonly { readonly name: CniName; readonly daemonSet: RegExp; readonly eachPod: boolean }[] = [
  { name: "OVNKubernetes", daemonSet: /\/ovnkube-node/, eachPod: true },
  { name: "weave-net", daemonSet: /\/weave-net$/, eachPod: true },
  { name: "canal-flannel", daemonSet: /\/(rke2-)?canal$/, eachPod: false },
  { name: "calico", daemonSet: /\/calico-node$/, eachPod: true },
  { name: "flannel", daemonSet: /\/kube-flannel(-ds.*)?$/, eachPod: false },
  { name: "kindnet", daemonSet: /\/kindnet$/, eachPod: false },
  // Not among Submariner's names; what matters is that nodes' podCIDRs say nothing there.
  { name: "generic", daemonSet: /\/(cilium|antrea-agent|kube-router|aws-node|azure-cns)$/, eachPod: true },
];

/**
 * Which CNI plugin wires the pods, from what was read. Where nothing tells it is "generic", and nodes' podCIDRs are believed
 * if every node has them.
 *
 * @example
 * discoverCni({ daemonSets: ["kube-flannel/kube-flannel-ds"], allNodesHaveCidrs: true }).name // "flannel"
 */
export function discoverCni({ told, daemonSets, openShift, allNodesHaveCidrs }: CniEvidence): FoundCni {
  const placement = (eachPod: boolean): PodPlacement => (eachPod || !allNodesHaveCidrs ? "each pod" : "node subnets");
  if (told) {
    const rule = RULES.find(({ name }) => name === told);
    const name = rule?.name ?? (told === "OpenShiftSDN" ? told : "generic");
    return { name, placement: placement(rule?.eachPod ?? name === "OpenShiftSDN"), evidence: `"${told}" was told`, named: true };
  }
  if (openShift === "OpenShiftSDN" || openShift === "OVNKubernetes") {
    return { name: openShift, placement: "each pod", evidence: "OpenShift's Network config", named: true };
  }
  for (const { name, daemonSet, eachPod } of RULES) {
    const found = daemonSets?.find((key) => daemonSet.test(key));
    if (found !== undefined) return { name, placement: placement(eachPod), evidence: `DaemonSet ${found}`, named: true };
  }
  const evidence = daemonSets ? "no DaemonSet of a known plugin" : "DaemonSets may not be listed";
  return { name: "generic", placement: placement(false), evidence, named: false };
}
