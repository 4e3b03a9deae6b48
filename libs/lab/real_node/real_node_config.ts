// SPDX-License-Identifier: Apache-2.0

/** How Services are translated on a node. */
export type ProxyMode = "iptables" | "nftables" | "none";

/** What a real node is made from. */
export interface RealNodeConfig {
  /** Name of the Node object, and the host name. */
  readonly name: string;
  /** Unique on this machine: names its control group. */
  readonly id: string;
  /** Its disk: what a reboot finds again. On a file system that overlayfs can write to. */
  readonly dir: string;
  /** InternalIPs, IPv4 first. */
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** The cluster's pod ranges: what comes from elsewhere to a Service is masqueraded. */
  readonly clusterCidrs: readonly string[];
  /** Network configuration list of the CNI (spec 1.0.0), and its file name in /etc/cni/net.d. */
  readonly cni: { readonly file: string; readonly conflist: unknown };
  /** Flannel's configuration where its daemon runs on the node; the CNI's is then left there once the daemon has made its network. */
  readonly flannel?: object;
  readonly proxy: ProxyMode;
  /** OCI archives to have on the node: containers' images and the sandbox's. */
  readonly images: readonly string[];
  /** Addresses of the cluster's DNS, if it has one. */
  readonly clusterDns: readonly string[];
  readonly programs: { readonly kubelet: string; readonly kubeProxy: string; readonly flanneld: string };
}

/** The sandbox's image, which every pod needs and nobody may have to fetch. */
export const PAUSE_IMAGE = "strait.test/pause:1";

/** Where a node finds its own folder: /run, below which labs live, is covered by the node's own. */
export const HOME = "/mnt";

/** The node's control group, the same in every hierarchy. */
export function controlGroup(id: string): string {
  return `strait-lab-${id}`;
}
