// SPDX-License-Identifier: Apache-2.0
import type { Cluster } from "../cluster.ts";
import { hostPort } from "../control_plane/program.ts";
import type { KubeletConfig } from "../kubelet/kubelet_config.ts";
import type { Node } from "../node.ts";
import type { Station } from "../station.ts";
import { kubeletDir } from "./node_pods.ts";

/** Port of every API server of a lab. */
export const API_PORT = 6443;

/** What the kubelet stand-in of a node is told. */
export function kubeletConfig(cluster: Cluster, api: Station, node: Node, kubeconfig: string): KubeletConfig {
  const [family = 4] = api.families;
  return {
    node: node.name,
    netns: node.ns.name,
    dir: kubeletDir(node),
    kubeconfig,
    apiServer: { host: api.address(family), port: API_PORT },
    addresses: node.families.map((each) => node.address(each)),
    labels: {},
    podCidrs: cluster.nodeCidrs ? node.subnets : [],
    clusterCidrs: cluster.subnets,
    cni: { plugin: cluster.cni, stateDir: node.cniDir, subnets: node.subnets, mtu: node.mtu },
    hostPaths: {
      "/sys/fs/bpf": node.bpffs,
      "/run/strait": `${node.dir}/run`,
      "/var/lib/cni": node.cniDir,
      "/etc/cni/net.d": `${node.dir}/cni-networks`,
    },
  };
}

/** Where the API server of a station is, "172.31.1.250:6443". */
export function serverOf(station: Station): string {
  const [family = 4] = station.families;
  return hostPort(station.address(family), API_PORT);
}
