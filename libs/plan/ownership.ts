// SPDX-License-Identifier: Apache-2.0
import {
  addRow,
  emptyRows,
  MAX_CLUSTERS,
  MAX_HOPS,
  type MapName,
  mapNames,
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
export function steers(isGatewayNode: boolean): Owner {
  return isGatewayNode ? "gateway" : "agent";
}

/** Whether a row of that map is `owner`'s to write and remove. Every row is exactly one process's. */
export function owns<M extends MapName>(owner: Owner, isGatewayNode: boolean, map: M, row: RowOf[M]): boolean {
  return ownerOf(isGatewayNode, map, row) === owner;
}

function ownerOf<M extends MapName>(isGatewayNode: boolean, map: M, row: RowOf[M]): Owner {
  const rules: { readonly [N in MapName]: (row: RowOf[N]) => Owner } = {
    // On a node that is no gateway any more nothing is the gateway app's: what it left there is the agent's to clear.
    hops: (hop) => (isGatewayNode ? hop.owner : "agent"),
    clusters: () => steers(isGatewayNode),
    slots: () => steers(isGatewayNode),
    // On a worker nobody speaks the cable's port: what an earlier gateway left there is the agent's to clear.
    peers: (peer) => (peer.role === "cable" ? steers(isGatewayNode) : "agent"),
    pods: () => "agent",
    sources: () => "agent",
    subnets: (subnet) => {
      if (subnet.kind === "here") return isGatewayNode ? subnet.owner : "agent";
      return subnet.kind === "node" ? "agent" : steers(isGatewayNode);
    },
  };
  return rules[map](row);
}

/** The rows among `present` that are `owner`'s. */
export function ownedRows(owner: Owner, isGatewayNode: boolean, present: Rows): Rows {
  const rows = emptyRows();
  const pick = <M extends MapName>(map: M): void => {
    for (const row of present[map].values()) if (owns(owner, isGatewayNode, map, row)) addRow(rows, map, row);
  };
  for (const map of mapNames) pick(map);
  return rows;
}
