// SPDX-License-Identifier: Apache-2.0
import { type Address, formatAddress } from "./address.ts";
import { type Cidr, formatCidr } from "./cidr.ts";
import type { ClusterId, IfIndex } from "./ids.ts";
import type { Mac } from "./mac.ts";
import type { InnerMtu } from "./mtu.ts";

/** Who writes a row: enum strait_owner of bpf/lib/shared.h. */
export type Owner = "agent" | "gateway";

/** The tunnel port a packet comes in on: enum strait_role. */
export type Role = "intra" | "cable";

/** What a destination prefix means: another cluster (by index), another node's pods (by hop), or this node (by writer). */
export type SubnetRow =
  | { readonly prefix: Cidr; readonly kind: "remote"; readonly cluster: number }
  | { readonly prefix: Cidr; readonly kind: "node"; readonly hop: number }
  | { readonly prefix: Cidr; readonly kind: "here"; readonly owner: Owner };

/** Which cluster an index stands for; 0 is the own one. */
export interface ClusterRow {
  readonly index: number;
  readonly id: ClusterId;
}

/** Flow-hash slot → hop. A slot without a row has no hop. */
export interface SlotRow {
  readonly cluster: number;
  readonly slot: number;
  readonly hop: number;
}

/** Where an encapsulated packet goes and what its headers say. */
export interface HopRow {
  /** Row number; 0 stands for "no hop" and never appears. */
  readonly index: number;
  readonly remote: Address;
  readonly local: Address;
  /** Next hop on the link; absent: the kernel's route decides per packet. */
  readonly via?: Address;
  readonly ifindex: IfIndex;
  /** A node of the own cluster, or a lane of a VXLAN cable. */
  readonly kind: "node" | "vxlan";
  readonly vni: number;
  readonly port: number;
  readonly mtu: InnerMtu;
  readonly localMac: Mac;
  readonly remoteMac: Mac;
  readonly owner: Owner;
}

/** Properties of a peer: enum strait_peer_flag. */
export type PeerFlag = "self" | "node" | "gateway";

/** An outer source that may speak to us on a port, or (flag self) an address of ours. */
export interface PeerRow {
  readonly address: Address;
  readonly role: Role;
  /** In the order self, node, gateway. */
  readonly flags: readonly PeerFlag[];
  readonly cluster: number;
  /** Its row in hops and traffic; 0 where we never send to it. */
  readonly hop: number;
  /** The address of ours it is expected to speak to. */
  readonly local: Address;
}

/** A pod of this node and the interface it is handed its packets through. */
export interface PodRow {
  readonly address: Address;
  readonly ifindex: IfIndex;
  /** The pod's, where known. */
  readonly mac?: Mac;
  /** Of the interface's host side. */
  readonly hostMac: Mac;
}

/** Sources that may come out of a pod's interface. */
export interface SourceRow {
  readonly ifindex: IfIndex;
  readonly prefix: Cidr;
  /** True: what they send goes to other clusters through this node's stack (enum strait_way), else straight from there. */
  readonly stack?: true;
}

/** The row type of every map the control plane writes. */
export interface RowOf {
  readonly subnets: SubnetRow;
  readonly clusters: ClusterRow;
  readonly slots: SlotRow;
  readonly hops: HopRow;
  readonly peers: PeerRow;
  readonly pods: PodRow;
  readonly sources: SourceRow;
}

/** A map's short name: strait_NAME in bpf/. */
export type MapName = keyof RowOf;

/** Every map's rows by `keyOf`, ready for `diff`. */
export type Rows = { readonly [M in MapName]: ReadonlyMap<string, RowOf[M]> };

/** Rows while they are collected. */
export type MutableRows = { readonly [M in MapName]: Map<string, RowOf[M]> };

const keys: { readonly [M in MapName]: (row: RowOf[M]) => string } = {
  subnets: (row) => formatCidr(row.prefix),
  clusters: (row) => String(row.index),
  slots: (row) => `${row.cluster}/${row.slot}`,
  hops: (row) => String(row.index),
  peers: (row) => `${row.role} ${formatAddress(row.address)}`,
  pods: (row) => formatAddress(row.address),
  sources: (row) => `${row.ifindex} ${formatCidr(row.prefix)}`,
};

/** Names in the order rows are written: what is referred to comes first. Removal goes in reverse. */
export const mapNames: readonly MapName[] = ["hops", "clusters", "slots", "peers", "pods", "sources", "subnets"];

/** The row's key within its map, as text. Example: `keyOf("sources", row)` is "12 10.1.0.5/32". */
export function keyOf<M extends MapName>(map: M, row: RowOf[M]): string {
  return keys[map](row);
}

/** No rows, to be filled by `addRow`. */
export function emptyRows(): MutableRows {
  return {
    subnets: new Map(),
    clusters: new Map(),
    slots: new Map(),
    hops: new Map(),
    peers: new Map(),
    pods: new Map(),
    sources: new Map(),
  };
}

/** Adds or replaces a row. */
export function addRow<M extends MapName>(rows: MutableRows, map: M, row: RowOf[M]): void {
  // TypeScript cannot tie a mapped type's member to the same M on both sides; the names guarantee it.
  (rows[map] as Map<string, RowOf[M]>).set(keyOf(map, row), row);
}

/** Whether two plain values are equal, member by member; an absent member equals an undefined one. */
export function sameRow(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (!sameRow(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}
