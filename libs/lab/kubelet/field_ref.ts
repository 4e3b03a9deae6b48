// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import type { KubeletPod } from "./pod_types.ts";

/** What a pod is told about itself besides its object. */
export interface PodFacts {
  readonly hostIPs: readonly string[];
  readonly podIPs: readonly string[];
}

/**
 * The text a fieldRef stands for (downward API).
 *
 * @example
 * fieldRef(pod, facts, "metadata.labels['app']"); // { ok: true, value: "web" }
 */
export function fieldRef(pod: KubeletPod, facts: PodFacts, path: string): Result<string> {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return ok(pod.metadata[keyed[1] as "labels" | "annotations"]?.[keyed[2] ?? ""] ?? "");
  const known: Readonly<Record<string, string>> = {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "metadata.uid": pod.metadata.uid,
    "spec.nodeName": pod.spec.nodeName ?? "",
    "spec.serviceAccountName": pod.spec.serviceAccountName ?? "default",
    "status.hostIP": facts.hostIPs[0] ?? "",
    "status.hostIPs": facts.hostIPs.join(","),
    "status.podIP": facts.podIPs[0] ?? "",
    "status.podIPs": facts.podIPs.join(","),
  };
  const value = known[path];
  return value === undefined ? refuse(`fieldPath ${path} is none the lab knows`) : ok(value);
}
