// SPDX-License-Identifier: Apache-2.0
import type { CniPlugin } from "../spec.ts";

/** What one kubelet stand-in is told, as a JSON file: the lab writes it, main.ts reads it. */
export interface KubeletConfig {
  /** Name of the Node object. */
  readonly node: string;
  /** The node's named network namespace. Pods' namespaces are called after it. */
  readonly netns: string;
  /** Below it: `pods/<uid>`, `root` (a tmpfs). */
  readonly dir: string;
  readonly kubeconfig: string;
  /** What containers are told in KUBERNETES_SERVICE_HOST and _PORT. */
  readonly apiServer: { readonly host: string; readonly port: number };
  /** InternalIPs, the first is the node's hostIP. */
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** What the Node object says in podCIDRs; empty where it says none. */
  readonly podCidrs: readonly string[];
  /** The cluster's pod ranges: what comes from elsewhere to a Service is masqueraded. */
  readonly clusterCidrs: readonly string[];
  readonly cni: {
    readonly plugin: CniPlugin;
    readonly stateDir: string;
    readonly subnets: readonly string[];
    readonly mtu: number;
  };
  /** Folders that each node has of its own, by their path on a real node: `{"/var/lib/cni": "/run/…/cni"}`. */
  readonly hostPaths: Readonly<Record<string, string>>;
}

/** Reads the file the lab wrote. */
export async function readKubeletConfig(path: string): Promise<KubeletConfig> {
  return (await Bun.file(path).json()) as KubeletConfig;
}

/**
 * Where a path of a node lies on this machine: the longest of {@link KubeletConfig.hostPaths} that holds it, else itself.
 *
 * @example
 * onThisMachine({ "/run/strait": "/run/lab/w1/run" }, "/run/strait/maps"); // "/run/lab/w1/run/maps"
 */
export function onThisMachine(hostPaths: Readonly<Record<string, string>>, path: string): string {
  const [best] = Object.keys(hostPaths)
    .filter((candidate) => path === candidate || path.startsWith(`${candidate}/`))
    .sort((a, b) => b.length - a.length);
  return best === undefined ? path : `${hostPaths[best]}${path.slice(best.length)}`;
}
