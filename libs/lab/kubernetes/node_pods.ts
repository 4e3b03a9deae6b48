// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { KubeletPod } from "../kubelet/pod_types.ts";
import { readSandbox, type Sandbox } from "../kubelet/sandbox.ts";
import type { Node } from "../node.ts";

/** A pod as its node's stand-in keeps it on disk. */
export interface NodePod {
  readonly pod: KubeletPod;
  readonly dir: string;
  /** Undefined until its network is made. */
  readonly sandbox: Sandbox | undefined;
}

/** Folder of a node's kubelet stand-in. */
export function kubeletDir(node: Node): string {
  return `${node.dir}/kubelet`;
}

/** The pods a node runs, as its stand-in last knew them. */
export function podsOf(node: Node): NodePod[] {
  const pods = `${kubeletDir(node)}/pods`;
  if (!existsSync(pods)) return [];
  return readdirSync(pods).flatMap((uid) => {
    const dir = `${pods}/${uid}`;
    if (!existsSync(`${dir}/pod.json`)) return [];
    return [{ pod: JSON.parse(readFileSync(`${dir}/pod.json`, "utf8")) as KubeletPod, dir, sandbox: readSandbox(dir) }];
  });
}

/** Folder of the newest run of a container; undefined where it never ran. */
export function runDirOf({ dir }: NodePod, container: string): string | undefined {
  const runs = `${dir}/containers/${container}`;
  const newest = existsSync(runs) ? Math.max(-1, ...readdirSync(runs).map(Number)) : -1;
  return newest < 0 ? undefined : `${runs}/${newest}`;
}
