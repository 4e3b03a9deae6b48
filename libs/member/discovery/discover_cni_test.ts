// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type CniEvidence, discoverCni } from "./discover_cni.ts";

test.each<[string, Partial<CniEvidence>, string, string]>([
  ["flannel", { daemonSets: ["kube-system/kube-proxy", "kube-flannel/kube-flannel-ds"] }, "flannel", "node subnets"],
  ["an older flannel", { daemonSets: ["kube-system/kube-flannel-ds-amd64"] }, "flannel", "node subnets"],
  [
    "canal before the calico in it",
    { daemonSets: ["kube-system/calico-node", "kube-system/canal"] },
    "canal-flannel",
    "node subnets",
  ],
  ["calico", { daemonSets: ["calico-system/calico-node"] }, "calico", "each pod"],
  ["kindnet", { daemonSets: ["kube-system/kindnet"] }, "kindnet", "node subnets"],
  ["OVN-Kubernetes", { daemonSets: ["ovn-kubernetes/ovnkube-node-gw1"] }, "OVNKubernetes", "each pod"],
  ["OpenShift", { openShift: "OVNKubernetes", daemonSets: [] }, "OVNKubernetes", "each pod"],
  ["cilium, which Submariner has no name for", { daemonSets: ["kube-system/cilium"] }, "generic", "each pod"],
  ["nothing", { daemonSets: ["kube-system/kube-proxy"] }, "generic", "node subnets"],
  ["nothing, and a node without podCIDRs", { allNodesHaveCidrs: false }, "generic", "each pod"],
  ["flannel, and a node without podCIDRs", { daemonSets: ["a/kube-flannel"], allNodesHaveCidrs: false }, "flannel", "each pod"],
  ["what was told, whatever else is there", { told: "calico", daemonSets: ["a/kube-flannel"] }, "calico", "each pod"],
  ["what was told and nobody knows", { told: "mynet", daemonSets: ["a/kube-flannel"] }, "generic", "node subnets"],
])("discoverCni recognises %s", (_, evidence, name, placement) => {
  expect(discoverCni({ allNodesHaveCidrs: true, ...evidence })).toMatchObject({ name, placement });
});
