// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** A pod of a real node, as the CNI's records have it. */
export interface RealPod {
  /** "namespace/name" */
  readonly name: string;
  /** Its network namespace, as the node sees it. */
  readonly netns: string;
  readonly ips: readonly string[];
}

interface CacheFile {
  readonly cniArgs?: readonly (readonly [string, string])[];
  readonly ifName?: string;
  readonly result?: {
    readonly ips?: readonly { readonly address: string }[];
    readonly interfaces?: readonly { readonly name: string; readonly sandbox?: string }[];
  };
}

/** The pods wired on a node, from libcni's cache below its folder. A record that is being written is read next time. */
export function realPods(dir: string): RealPod[] {
  const results = `${dir}/cni/results`;
  if (!existsSync(results)) return [];
  return readdirSync(results).flatMap((file) => {
    const record = read(`${results}/${file}`);
    const args = Object.fromEntries(record?.cniArgs ?? []);
    const ips = (record?.result?.ips ?? []).map(({ address }) => address.replace(/\/.*/, ""));
    // The libcni of older containerds does not record the namespace itself.
    const netns = record?.result?.interfaces?.find(({ sandbox }) => sandbox)?.sandbox;
    if (netns === undefined || record?.ifName === "lo" || ips.length === 0) return [];
    return [{ name: `${args["K8S_POD_NAMESPACE"]}/${args["K8S_POD_NAME"]}`, netns, ips }];
  });
}

function read(file: string): CacheFile | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as CacheFile;
  } catch {
    return undefined;
  }
}
