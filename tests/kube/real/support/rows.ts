// SPDX-License-Identifier: Apache-2.0
import { BpfMap } from "@strait/ffi";
import type { JoinedLab } from "../../../control/support/joined_lab.ts";

/** The maps that have rows for single pods, among others. */
const MAPS = ["strait_pods", "strait_sources", "strait_subnets"] as const;

/** How many rows of those maps every node of the clusters that are joined has, by "east/w1 strait_pods". */
export async function rowsOf(joined: JoinedLab, clusters: readonly string[] = ["east", "west"]): Promise<Record<string, number>> {
  const { lab } = joined;
  const nodes = lab.nodes.filter(({ cluster }) => clusters.includes(cluster));
  return Object.fromEntries(
    nodes.flatMap((node) => {
      const { pid } = lab.kube(node.cluster).realNode(node);
      return MAPS.map((name) => {
        using map = BpfMap.openPinned(`/proc/${pid}/root/sys/fs/bpf/strait/v1/${name}`);
        return [`${node.label} ${name}`, map.entriesBatch().length];
      });
    }),
  );
}
