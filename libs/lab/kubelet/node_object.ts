// SPDX-License-Identifier: Apache-2.0
import type { KubeletConfig } from "./kubelet_config.ts";

const VERSION = "v0.0.0-strait-lab";

/** The Node object the stand-in registers, without status. */
export function nodeObject({ node, labels, podCidrs }: KubeletConfig) {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: node,
      labels: { "kubernetes.io/hostname": node, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", ...labels },
    },
    spec: podCidrs.length === 0 ? {} : { podCIDR: podCidrs[0], podCIDRs: [...podCidrs] },
  };
}

/** Its status: addresses, what fits on it, and that it is ready. `now` is RFC 3339. */
export function nodeStatus({ node, addresses }: KubeletConfig, now: string) {
  const capacity = { cpu: "2", memory: "4Gi", pods: "250" };
  const condition = (type: string, status: "True" | "False", reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return {
    addresses: [...addresses.map((address) => ({ type: "InternalIP", address })), { type: "Hostname", address: node }],
    capacity,
    allocatable: capacity,
    conditions: [
      condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "the stand-in does not look at memory"),
      condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "the stand-in does not look at disks"),
      condition("PIDPressure", "False", "KubeletHasSufficientPID", "the stand-in does not look at processes"),
      condition("Ready", "True", "KubeletReady", "the kubelet stand-in of the lab runs"),
    ],
    nodeInfo: {
      machineID: node,
      systemUUID: node,
      bootID: node,
      kernelVersion: "",
      osImage: "a network namespace",
      containerRuntimeVersion: "strait-lab://0",
      kubeletVersion: VERSION,
      kubeProxyVersion: VERSION,
      operatingSystem: "linux",
      architecture: "amd64",
    },
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  };
}
