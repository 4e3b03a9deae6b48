// SPDX-License-Identifier: Apache-2.0
import {
  addRow,
  emptyRows,
  MAX_CLUSTERS,
  MAX_HOPS,
  type MapName,
  mapNames,
  type NodePart,
  type Owner,
  type RowOf,
  type Rows,
} from "@strait/model";

/** Hop indexes of each process on a node, so that they never allocate the same one. 0 is "no hop". */
export const HOP_RANGE: { readonly [O in Owner]: { readonly first: number; readonly last: number } } = {
  agent: { first: 1, last: 6143 },
  gateway: { first: 6144, last: MAX_HOPS - 1 },
};

/** Cluster indexes of other clusters; 0 is the own one. */
export const CLUSTER_RANGE = { first: 1, last: MAX_CLUSTERS - 1 } as const;

/**
 * Who decides where traffic to other clusters goes on this node (clusters, slots, remote subnets, routes): the gateway app
 * on a gateway node, the agent elsewhere.
 */
export function steers(part: NodePart): Owner {
  return part === "gateway" ? "gateway" : "agent";
}

/** Whether a row of that map is `owner`'s to write and remove. Every row is at most one process's. */
export function owns<M extends MapName>(owner: Owner, part: NodePart, map: M, row: RowOf[M]): boolean {
  return ownerOf(part, map, row) === owner;
}

function ownerOf<M extends MapName>(part: NodePart, map: M, row: RowOf[M]): Owner | undefined {
  const cables = cablesOwner(part);
  const rules: { readonly [N in MapName]: (row: RowOf[N]) => Owner | undefined } = {
    hops: (hop) => (hop.owner === "gateway" ? cables : "agent"),
    clusters: () => steers(part),
    slots: () => steers(part),
    peers: (peer) => (peer.role === "cable" ? cables : "agent"),
    pods: () => "agent",
    sources: () => "agent",
    subnets: (subnet) => {
      if (subnet.kind === "here") return subnet.owner === "gateway" ? cables : "agent";
      return subnet.kind === "node" ? "agent" : steers(part);
    },
  };
  return rules[map](row);
}

/**
 * Whose those rows are by which what comes over cables is taken. After a gateway has left they serve whoever has not heard, and are
 * nobody's; on a worker they are the agent's to clear.
 */
function cablesOwner(part: NodePart): Owner | undefined {
  return part === "left" ? undefined : steers(part);
}

/** The rows among `present` that are `owner`'s. */
export function ownedRows(owner: Owner, part: NodePart, present: Rows): Rows {
  const rows = emptyRows();
  const pick = <M extends MapName>(map: M): void => {
    for (const row of present[map].values()) if (owns(owner, part, map, row)) addRow(rows, map, row);
  };
  for (const map of mapNames) pick(map);
  return rows;
}
