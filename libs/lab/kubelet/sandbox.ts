// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type CniRuntime, cniAdd, cniDel } from "../cni.ts";
import { output } from "../command.ts";
import { createNamespaces, Namespace } from "../namespace.ts";
import type { KubeletConfig } from "./kubelet_config.ts";
import type { KubeletPod } from "./pod_types.ts";

/** A pod's network: its namespace and the addresses its CNI plugin gave it. Of a hostNetwork pod, the node's own. */
export interface Sandbox {
  readonly netns: string;
  readonly podIPs: readonly string[];
  /** True where the namespace is the pod's own. */
  readonly own: boolean;
}

/** Name of a pod's network namespace: the node's, the pod's, and a piece of its uid, since a name may come again. */
export function sandboxName(node: string, pod: KubeletPod): string {
  return `${node}-${pod.metadata.name}-${pod.metadata.uid.slice(0, 5)}`;
}

/** The sandbox a pod was given earlier, from its folder. */
export function readSandbox(podDir: string): Sandbox | undefined {
  const file = `${podDir}/sandbox.json`;
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Sandbox) : undefined;
}

/**
 * Makes a pod's network namespace and has the CNI plugin wire it; for a hostNetwork pod there is nothing to make. What a
 * stand-in that was killed halfway left is removed first.
 */
export async function makeSandbox(config: KubeletConfig, pod: KubeletPod, podDir: string): Promise<Sandbox> {
  if (pod.spec.hostNetwork) {
    return writeSandbox(podDir, { netns: new Namespace(config.netns).path, podIPs: config.addresses, own: false });
  }
  const name = sandboxName(config.netns, pod);
  if (existsSync(new Namespace(name).path)) await removeSandbox(config, name);
  const [ns] = await createNamespaces([name]);
  if (ns === undefined) throw new Error(`pod ${pod.metadata.name}: no namespace`);
  const { ips } = await cniAdd(runtimeOf(config), name, ns);
  return writeSandbox(podDir, { netns: ns.path, podIPs: ips.map(({ address }) => address.split("/")[0] ?? address), own: true });
}

/** CNI DEL, then the namespace goes. */
export async function removeSandbox(config: KubeletConfig, name: string): Promise<void> {
  const ns = new Namespace(name);
  if (!existsSync(ns.path)) return;
  await cniDel(runtimeOf(config), name, ns);
  await output(["ip", "netns", "del", name]);
}

/** The stand-in is in the node's namespace already. */
function runtimeOf({ cni }: KubeletConfig): CniRuntime {
  return { ...cni, node: { exec: output } };
}

function writeSandbox(podDir: string, sandbox: Sandbox): Sandbox {
  writeFileSync(`${podDir}/sandbox.json.new`, JSON.stringify(sandbox));
  renameSync(`${podDir}/sandbox.json.new`, `${podDir}/sandbox.json`);
  return sandbox;
}
