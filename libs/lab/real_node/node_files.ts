// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";
import { flannelFiles } from "./flannel.ts";
import { controlGroup, HOME, PAUSE_IMAGE, type RealNodeConfig } from "./real_node_config.ts";
import { routedCni } from "./routed_cni.ts";

const CRI = 'plugins."io.containerd.grpc.v1.cri"';

/** containerd's configuration: runc, no AppArmor, our sandbox image; nothing is ever pulled. */
function containerdConfig(): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
  address = "/run/containerd/containerd.sock"

[${CRI}]
  sandbox_image = "${PAUSE_IMAGE}"
  # CAP_SYS_RESOURCE may be missing, and without it no process can be made less likely to be killed.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [${CRI}.containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [${CRI}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [${CRI}.containerd.runtimes.runc.options]
        SystemdCgroup = false
  [${CRI}.cni]
    bin_dir = "${HOME}/cni-bin"
    conf_dir = "/etc/cni/net.d"
`;
}

/** The kubelet's configuration (kubelet.config.k8s.io/v1beta1). */
function kubeletConfig({ id, clusterDns }: RealNodeConfig): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: `${HOME}/pki/ca.crt` } },
    authorization: { mode: "Webhook" },
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${controlGroup(id)}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    evictionHard: { "memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%" },
    imageGCHighThresholdPercent: 100,
    oomScoreAdj: 0,
    maxPods: 300,
    serializeImagePulls: false,
    nodeStatusUpdateFrequency: "2s",
    nodeStatusReportFrequency: "30s",
    syncFrequency: "10s",
    volumeStatsAggPeriod: "0s",
    ...(clusterDns.length > 0 && { clusterDNS: clusterDns, clusterDomain: "cluster.local" }),
  });
}

/** kube-proxy's configuration (kubeproxy.config.k8s.io/v1alpha1). */
function proxyConfig({ name, proxy, clusterCidrs }: RealNodeConfig): string {
  return stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: proxy,
    hostnameOverride: name,
    clusterCIDR: clusterCidrs.join(","),
    detectLocalMode: "ClusterCIDR",
    conntrack: { maxPerCore: 0, min: 0 },
    clientConnection: { kubeconfig: `${HOME}/proxy.kubeconfig` },
    metricsBindAddress: "127.0.0.1:10249",
    iptables: { minSyncPeriod: "0s", syncPeriod: "30s" },
    nftables: { minSyncPeriod: "0s", syncPeriod: "30s" },
  });
}

/** Everything a node's programs read, by path below the node's folder. */
export function nodeFiles(config: RealNodeConfig): Readonly<Record<string, string>> {
  return {
    "containerd.toml": containerdConfig(),
    "kubelet.yaml": kubeletConfig(config),
    ...(config.proxy !== "none" && { "kube-proxy.yaml": proxyConfig(config) }),
    "cni-bin/strait-lab-routed": routedCni(),
    ...(config.flannel === undefined
      ? { [`cni-net/${config.cni.file}`]: `${JSON.stringify(config.cni.conflist, null, 2)}\n` }
      : flannelFiles(config)),
  };
}
