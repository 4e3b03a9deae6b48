// SPDX-License-Identifier: Apache-2.0
import type { JoinSettings } from "./join_settings.ts";

/** Settings of a cluster "east" that nobody has, for plain manifests and tests. Example: `exampleSettings({ version: "1.2" })`. */
export function exampleSettings(more: Partial<JoinSettings> = {}): JoinSettings {
  return {
    namespace: "submariner-operator",
    clusterId: "east",
    podCidrs: ["10.1.0.0/16", "fd01::/48"],
    podCidrsOfNodes: false,
    serviceCidrs: ["10.101.0.0/16"],
    globalCidrs: [],
    cableDriver: "vxlan",
    nattPort: 4500,
    natEnabled: true,
    preferredServer: false,
    forceUdpEncaps: false,
    airGapped: false,
    loadBalancer: false,
    debug: false,
    delivery: "auto",
    healthCheck: { enabled: true, intervalSeconds: 1, maxPacketLossCount: 5 },
    customDomains: [],
    broker: { apiServer: "broker.example:6443", namespace: "submariner-k8s-broker", insecure: false },
    repository: "",
    version: "0.0.0",
    olderKernels: false,
    imageOverrides: {},
    ...more,
  };
}
