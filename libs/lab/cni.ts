// SPDX-License-Identifier: Apache-2.0
import { mkdir, rm } from "node:fs/promises";
import type { Namespace } from "./namespace.ts";
import type { CniPlugin } from "./spec.ts";

/** Where Debian's containernetworking-plugins puts the plugins. */
export const CNI_BIN_DIR = "/usr/lib/cni";
/** Name of the one CNI network of every node. */
export const NETWORK = "podnet";
const IFNAME = "eth0";
const VERSION = "1.0.0";

/** What the runtime of one node knows: where it keeps state and which network it wires pods to. */
export interface CniRuntime {
  readonly plugin: CniPlugin;
  /** The node's namespace, in which the plugin runs: anything that runs commands there. */
  readonly node: Pick<Namespace, "exec">;
  /** Like /var/lib/cni: holds `results/` (libcni's cache) and `networks/` (host-local's leases). */
  readonly stateDir: string;
  readonly subnets: readonly string[];
  readonly mtu: number;
}

/** The part of a CNI result (spec 1.0.0) that the lab reads. */
export interface CniResult {
  readonly interfaces: readonly { readonly name: string; readonly mac: string; readonly sandbox?: string }[];
  readonly ips: readonly { readonly address: string; readonly gateway?: string; readonly interface?: number }[];
}

/** The network configuration handed to the plugin on stdin. */
function networkConfig(runtime: CniRuntime): Record<string, unknown> {
  const common = {
    cniVersion: VERSION,
    name: NETWORK,
    mtu: runtime.mtu,
    ipam: {
      type: "host-local",
      dataDir: `${runtime.stateDir}/networks`,
      ranges: runtime.subnets.map((subnet) => [{ subnet }]),
      routes: runtime.subnets.map((subnet) => ({ dst: subnet.includes(":") ? "::/0" : "0.0.0.0/0" })),
    },
  };
  return runtime.plugin === "bridge"
    ? { ...common, type: "bridge", bridge: "cni0", isGateway: true, ipMasq: true, hairpinMode: true }
    : { ...common, type: "ptp", ipMasq: false };
}

/**
 * CNI ADD as libcni does it: environment and stdin per the CNI specification 1.0.0, result cached in
 * `<stateDir>/results/<network>-<containerId>-eth0` (libcni's cniCacheV1).
 */
export async function cniAdd(runtime: CniRuntime, containerId: string, pod: Namespace): Promise<CniResult> {
  const config = JSON.stringify(networkConfig(runtime));
  const result = JSON.parse(await invoke(runtime, "ADD", containerId, pod, config)) as CniResult;
  await mkdir(`${runtime.stateDir}/results`, { recursive: true });
  const cached = {
    kind: "cniCacheV1",
    containerId,
    config: btoa(config),
    ifName: IFNAME,
    networkName: NETWORK,
    netns: pod.path,
    result,
  };
  await Bun.write(cacheFile(runtime, containerId), JSON.stringify(cached));
  return result;
}

/** CNI DEL: frees the lease, takes the interface away, forgets the cached result. */
export async function cniDel(runtime: CniRuntime, containerId: string, pod: Namespace): Promise<void> {
  await invoke(runtime, "DEL", containerId, pod, JSON.stringify(networkConfig(runtime)));
  await rm(cacheFile(runtime, containerId), { force: true });
}

function cacheFile(runtime: CniRuntime, containerId: string): string {
  return `${runtime.stateDir}/results/${NETWORK}-${containerId}-${IFNAME}`;
}

async function invoke(
  runtime: CniRuntime,
  command: string,
  containerId: string,
  pod: Namespace,
  config: string,
): Promise<string> {
  const { PATH = "" } = process.env;
  const { code, stdout, stderr } = await runtime.node.exec([`${CNI_BIN_DIR}/${runtime.plugin}`], {
    stdin: config,
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: containerId,
      CNI_NETNS: pod.path,
      CNI_IFNAME: IFNAME,
      CNI_PATH: CNI_BIN_DIR,
      PATH: `${PATH}:/usr/sbin:/sbin`,
    },
  });
  // A plugin reports its error as JSON on stdout.
  if (code !== 0) throw new Error(`CNI ${command} ${runtime.plugin} for ${containerId}: ${stdout.trim()} ${stderr.trim()}`);
  return stdout;
}
