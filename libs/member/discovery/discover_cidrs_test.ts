// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { formatCidr } from "@strait/model";
import { type CidrEvidence, discoverCidrs, type FoundCidrs } from "./discover_cidrs.ts";

const kubeadm = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16,fd00:10:244::/56
  serviceSubnet: "10.96.0.0/16,fd00:10:96::/112"
`;
const refusal =
  'Service "strait-probe" is invalid: spec.clusterIPs: Invalid value: ["1.1.1.1"]: failed to allocate IP 1.1.1.1: the provided IP (1.1.1.1) is not in the valid range. The range of valid IPs is 10.43.0.0/16';

const told = ({ cidrs, evidence }: FoundCidrs) => [evidence, ...cidrs.map(formatCidr)];
const found = (evidence: Partial<CidrEvidence>) => discoverCidrs({ env: {}, nodeCidrs: [], ...evidence });

test.each<[string, Partial<CidrEvidence>, string[]]>([
  [
    "the environment",
    { env: { pods: "10.1.0.0/16,fd01::/48" }, kubeadm },
    ["SUBMARINER_CLUSTERCIDR", "10.1.0.0/16", "fd01::/48"],
  ],
  ["what was published", { published: { pods: ["10.2.0.0/16"], services: [] }, kubeadm }, ["the Cluster object", "10.2.0.0/16"]],
  ["kubeadm", { kubeadm, nodeCidrs: [["10.244.1.0/24"]] }, ["podSubnet of kubeadm-config", "10.244.0.0/16", "fd00:10:244::/56"]],
  [
    "the controller manager",
    { controllerManagerFlags: ["kube-controller-manager", "--cluster-cidr=10.3.0.0/16"] },
    ["flag --cluster-cidr of kube-controller-manager", "10.3.0.0/16"],
  ],
  [
    "kube-proxy",
    { kubeProxy: "clusterCIDR: 10.4.0.0/16\nmode: nftables\n" },
    ["clusterCIDR of kube-proxy's configuration", "10.4.0.0/16"],
  ],
  [
    "all nodes, both families, joined",
    { nodeCidrs: [["10.5.1.0/24", "fd05:0:0:1::/64"], ["10.5.0.0/24", "fd05::/64"], []] },
    ["spec.podCIDRs of all nodes", "10.5.0.0/23", "fd05::/63"],
  ],
  ["nothing", { kubeadm: "networking:\n  podSubnet:\n  dnsDomain: x\n" }, ["nothing"]],
  [
    "an empty variable as if it were not there",
    { env: { pods: "" }, nodeCidrs: [["10.5.0.0/24"]] },
    ["spec.podCIDRs of all nodes", "10.5.0.0/24"],
  ],
])("discoverCidrs reads the pods' subnets from %s", (_, evidence, expected) => {
  expect(told(found(evidence).pods)).toEqual(expected);
});

test.each<[string, Partial<CidrEvidence>, string[]]>([
  [
    "the environment",
    { env: { services: "100.1.0.0/16" }, serviceCidrs: ["10.96.0.0/12"] },
    ["SUBMARINER_SERVICECIDR", "100.1.0.0/16"],
  ],
  [
    "ServiceCIDR objects",
    { serviceCidrs: ["10.96.0.0/12", "fd00:96::/112"], kubeadm },
    ["ServiceCIDR objects", "10.96.0.0/12", "fd00:96::/112"],
  ],
  ["kubeadm", { kubeadm }, ["serviceSubnet of kubeadm-config", "10.96.0.0/16", "fd00:10:96::/112"]],
  [
    "the API server's last such flag",
    { apiServerFlags: ["--service-cluster-ip-range=1.0.0.0/8", "--service-cluster-ip-range", "10.7.0.0/16"] },
    ["flag --service-cluster-ip-range of kube-apiserver", "10.7.0.0/16"],
  ],
  ["a refusal", { serviceRefusals: ["families not supported", refusal] }, ["the refusal of a Service", "10.43.0.0/16"]],
  ["nothing", { serviceRefusals: ["forbidden"] }, ["nothing"]],
])("discoverCidrs reads the Services' subnets from %s", (_, evidence, expected) => {
  expect(told(found(evidence).services)).toEqual(expected);
});

test("discoverCidrs tells what it could not read and goes on to the next evidence", () => {
  const { pods } = found({ env: { pods: "10.1.0.0/40" }, nodeCidrs: [["10.5.0.0/24"]] });
  expect(told(pods)).toEqual(["spec.podCIDRs of all nodes", "10.5.0.0/24"]);
  expect(pods.refused).toEqual([expect.stringMatching(/^SUBMARINER_CLUSTERCIDR: prefix length "40"/)]);
});
