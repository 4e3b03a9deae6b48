// SPDX-License-Identifier: Apache-2.0
import type { FoundCidrs } from "./discover_cidrs.ts";
import type { FoundCni } from "./discover_cni.ts";

/**
 * What counts of two looks at the same network: a sure piece of evidence that is gone (the pod of a controller manager that starts
 * again, a ConfigMap that may not be read any more) is no reason to announce what a less sure one says.
 *
 * @param before as of the look before, in this process
 * @example
 * keepCidrs(found.pods, before?.pods)
 */
export function keepCidrs(found: FoundCidrs, before: FoundCidrs | undefined): FoundCidrs {
  return before && before.rank < found.rank ? { ...before, refused: found.refused } : found;
}

/**
 * As `keepCidrs`, of the CNI plugin: one that had a name and has none now is still that one (its DaemonSet is being made anew), and
 * where pods went by nodes' subnets they still do, although a node that came just now has none yet.
 */
export function keepCni(found: FoundCni, before: FoundCni | undefined): FoundCni {
  if (!before || found.name !== before.name || found.named !== before.named)
    return before?.named && !found.named ? before : found;
  return before.placement === "node subnets" ? before : found;
}
