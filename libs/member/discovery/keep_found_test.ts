// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type CidrEvidence, discoverCidrs } from "./discover_cidrs.ts";
import { type CniEvidence, discoverCni } from "./discover_cni.ts";
import { keepCidrs, keepCni } from "./keep_found.ts";

const pods = (evidence: Partial<CidrEvidence>) => discoverCidrs({ env: {}, nodeCidrs: [["10.1.0.0/24"]], ...evidence }).pods;
const kubeadm = (subnet: string) => pods({ kubeadm: `networking:\n  podSubnet: ${subnet}\n` });
const flags = pods({ controllerManagerFlags: ["--cluster-cidr=10.1.0.0/16"] });

test.each([
  ["what is surer", flags, kubeadm("10.1.0.0/15"), "podSubnet of kubeadm-config"],
  ["what the same evidence says now", kubeadm("10.1.0.0/16"), kubeadm("10.9.0.0/16"), "podSubnet of kubeadm-config"],
  ["what was known, where only less sure evidence is left", flags, pods({}), "flag --cluster-cidr of kube-controller-manager"],
  ["what was known, where nothing is left", pods({}), pods({ nodeCidrs: [] }), "spec.podCIDRs of all nodes"],
  ["what is found first", undefined, pods({ nodeCidrs: [] }), "nothing"],
] as const)("of a cluster's subnets counts %s", (_, before, found, evidence) => {
  expect(keepCidrs(found, before).evidence).toBe(evidence);
});

const cni = (daemonSet: string, more: Partial<CniEvidence> = {}) =>
  discoverCni({ daemonSets: [daemonSet], allNodesHaveCidrs: true, ...more });
const young = { allNodesHaveCidrs: false };

test.each([
  ["stays while its DaemonSet is away", cni("a/calico-node"), cni("a/other"), "calico", "each pod"],
  [
    "stays while DaemonSets may not be listed",
    cni("a/kube-flannel"),
    cni("a/b", { daemonSets: undefined }),
    "flannel",
    "node subnets",
  ],
  ["goes where another one is there", cni("a/calico-node"), cni("a/kube-flannel"), "flannel", "node subnets"],
  ["gets a name where it had none", cni("a/other"), cni("a/calico-node"), "calico", "each pod"],
  ["keeps its nodes' subnets when a node has none yet", cni("a/kindnet"), cni("a/kindnet", young), "kindnet", "node subnets"],
  ["without a name keeps them too", cni("a/other"), cni("a/other", young), "generic", "node subnets"],
  ["goes by nodes' subnets once all have them", cni("a/kindnet", young), cni("a/kindnet"), "kindnet", "node subnets"],
  ["that is none of ours but places each pod counts", cni("a/other"), cni("a/cilium"), "generic", "each pod"],
] as const)("a CNI plugin %s", (_, before, found, name, placement) => {
  expect(keepCni(found, before)).toMatchObject({ name, placement });
});
