// SPDX-License-Identifier: Apache-2.0
import {
  type ClusterId,
  compareCidr,
  type HopRow,
  type IfIndex,
  type InnerMtu,
  innerMtu,
  linkMtu,
  MIN_LINK_MTU,
  type Problem,
  type RemoteCluster,
  type RouteRow,
  type Rows,
  SLOTS,
  sameRow,
} from "@strait/model";
import { IndexPool } from "./index_pool.ts";
import { CLUSTER_RANGE, HOP_RANGE } from "./ownership.ts";
import { claim, type PartRows } from "./part_rows.ts";
import { fillSlots } from "./slot_table.ts";
import type { Sources } from "./sources.ts";

/** What steers traffic to the other clusters is made of. */
export interface Steering {
  readonly rows: PartRows;
  readonly device: IfIndex;
  readonly sources: Sources;
  /** Hops a cluster's flows are spread over (worker: gateways of the own cluster; gateway: lanes). */
  readonly hopsOf: (cluster: ClusterId) => readonly HopRow[];
  /** Whether slots that were found to lead to other nodes stay as they are. */
  readonly keepsFound?: boolean;
}

interface Entry {
  readonly cluster: RemoteCluster;
  readonly index: number;
  readonly members: string;
  readonly slots: readonly number[];
  readonly routes: readonly RouteRow[];
}

const NO_SLOTS: readonly number[] = [];

/** Stands for the hops of slots that were found and kept: other than any list of hops. */
const AS_FOUND = "as found";

/**
 * What steers traffic to the other clusters, cluster by cluster: cluster rows, remote subnets, slots over the hops, routes. A
 * cluster without hops keeps its subnets: its packets are dropped with a reason instead of leaving by the default route.
 */
export class RemoteBook {
  readonly #pool = new IndexPool(CLUSTER_RANGE);
  readonly #entries = new Map<ClusterId, Entry>();
  readonly #wanted = new Map<ClusterId, RemoteCluster>();
  #present: Rows | undefined;
  #routes: readonly RouteRow[] = [];

  /** Keeps the indexes and the slots of the clusters that are there. */
  found(present: Rows): void {
    this.#pool.found(new Map([...present.clusters.values()].map((row) => [row.index, row.id])));
    this.#present = present;
  }

  /** Sorted by destination; the same list while none changes. */
  get routes(): readonly RouteRow[] {
    return this.#routes;
  }

  indexOf(id: ClusterId): number | undefined {
    return this.#pool.indexOf(id);
  }

  problemsOf(id: ClusterId): readonly Problem[] {
    if (!this.#wanted.has(id) || this.#pool.indexOf(id) !== undefined) return [];
    return [{ object: `cluster ${id}`, reason: `at most ${CLUSTER_RANGE.last} other clusters can be joined: remove some` }];
  }

  /**
   * Some clusters leave, others come, or must be looked at again because their hops changed.
   *
   * @returns the clusters that were looked at
   */
  update(
    gone: readonly ClusterId[],
    come: readonly RemoteCluster[],
    again: Iterable<ClusterId>,
    steering: Steering,
  ): Set<ClusterId> {
    for (const id of gone) this.#wanted.delete(id);
    for (const cluster of come) this.#wanted.set(cluster.id, cluster);
    const enter = come.map(({ id }) => id);
    const looked = new Set<ClusterId>([...gone, ...enter, ...again]);
    for (const id of this.#pool.change(
      gone.filter((id) => !this.#wanted.has(id)),
      enter,
    ))
      looked.add(id as ClusterId);
    const filled = new Map<string, readonly number[]>();
    const [old, fresh] = [new Set<RouteRow>(), [] as RouteRow[]];
    for (const id of looked) {
      const before = this.#entries.get(id);
      const after = this.#made(id, steering, filled);
      if (before === after) continue;
      if (before?.routes !== after?.routes) {
        for (const route of before?.routes ?? []) old.add(route);
        fresh.push(...(after?.routes ?? []));
      }
      if (after) this.#entries.set(id, after);
      else this.#entries.delete(id);
      claimRows(steering.rows, id, before, after);
    }
    this.#present = undefined;
    if (old.size > 0 || fresh.length > 0) this.#routes = merged(this.#routes, old, fresh);
    return looked;
  }

  #made(id: ClusterId, steering: Steering, filled: Map<string, readonly number[]>): Entry | undefined {
    const cluster = this.#wanted.get(id);
    const index = this.#pool.indexOf(id);
    if (!cluster || index === undefined) return undefined;
    const before = this.#entries.get(id);
    const hops = steering.hopsOf(id);
    const keeps = before?.index === index;
    const found = steering.keepsFound ? (keeps ? before.slots : this.#found(id, index)) : undefined;
    const stays = found?.some((hop) => hop !== 0 && hop <= HOP_RANGE.agent.last) === true;
    const members = stays ? AS_FOUND : memberKey(hops);
    const unchanged = keeps && before.members === members;
    const slots = stays
      ? found
      : unchanged
        ? before.slots
        : this.#fill(id, index, hops, keeps ? before.slots : undefined, filled);
    const narrowest = hops.length > 0 ? Math.min(...hops.map((hop) => hop.mtu)) : innerMtu(linkMtu(MIN_LINK_MTU), 6);
    const routes = cluster.subnets.map((destination): RouteRow => {
      const source = steering.sources[destination.address.family];
      return { destination, ifindex: steering.device, mtu: narrowest as InnerMtu, ...(source && { source }) };
    });
    const same = before && sameRow(before.routes, routes);
    if (same && keeps && before.cluster === cluster && before.slots === slots && before.members === members) return before;
    return { cluster, index, members, slots, routes: same ? before.routes : routes };
  }

  /** The cluster's slots as the maps hold them. */
  #found(id: ClusterId, index: number): readonly number[] | undefined {
    const present = this.#present?.clusters.get(String(index))?.id === id ? this.#present.slots : undefined;
    return present && Array.from({ length: SLOTS }, (_, slot) => present.get(`${index}/${slot}`)?.hop ?? 0);
  }

  /** On a worker all clusters have the same table as a rule: each is filled once. */
  #fill(
    id: ClusterId,
    index: number,
    hops: readonly HopRow[],
    kept: readonly number[] | undefined,
    filled: Map<string, readonly number[]>,
  ): readonly number[] {
    const previous = kept ?? this.#found(id, index) ?? NO_SLOTS;
    const key = `${memberKey(hops)}|${previous}`;
    const known = filled.get(key);
    if (known) return known;
    const slots = fillSlots(
      previous,
      hops.map((hop) => ({ hop: hop.index })),
    );
    filled.set(key, slots);
    return slots;
  }
}

function memberKey(hops: readonly HopRow[]): string {
  return hops
    .map((hop) => hop.index)
    .sort((a, b) => a - b)
    .join();
}

function claimRows(rows: PartRows, id: ClusterId, before: Entry | undefined, after: Entry | undefined): void {
  if (!after) {
    rows.set(`cluster ${id}`, []);
    rows.set(`slots ${id}`, []);
    return;
  }
  const { cluster, index, slots } = after;
  if (before?.cluster !== cluster || before.index !== index) {
    const subnets = cluster.subnets.map((prefix) => claim("subnets", { prefix, kind: "remote", cluster: index }));
    rows.set(`cluster ${id}`, [claim("clusters", { index, id }), ...subnets]);
  }
  if (before?.slots !== slots || before.index !== index) {
    const claims = slots.flatMap((hop, slot) => (hop === 0 ? [] : [claim("slots", { cluster: index, slot, hop })]));
    rows.set(`slots ${id}`, claims);
  }
}

function merged(routes: readonly RouteRow[], old: ReadonlySet<RouteRow>, fresh: readonly RouteRow[]): RouteRow[] {
  const kept = routes.filter((route) => !old.has(route));
  const order = (a: RouteRow, b: RouteRow): number => compareCidr(a.destination, b.destination);
  if (fresh.length > 8) return [...kept, ...fresh].sort(order);
  for (const route of fresh) {
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const there = kept[middle];
      if (there && order(there, route) <= 0) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, route);
  }
  return kept;
}
