// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type ClusterFile,
  formatAddress,
  type HopRow,
  innerMtu,
  linkMtu,
  MIN_LINK_MTU,
  type Owner,
  type Problem,
  type Rows,
  vtepMac,
} from "@strait/model";
import { IndexPool } from "./index_pool.ts";
import { HOP_RANGE } from "./ownership.ts";
import type { TunnelEnd, Ways } from "./tunnel_end.ts";

/** A tunnel somebody wants: `name` is the object problems are told about, `key` finds the row in the answer. */
export interface WantedHop {
  readonly key: string;
  readonly name: string;
  readonly addresses: readonly Address[];
  readonly port: number;
  readonly vni: number;
}

/** What decides how a hop looks besides its peer. */
export interface HopSetting {
  readonly file: Pick<ClusterFile, "subnets" | "mtu">;
  readonly ways: Ways;
}

interface Entry {
  readonly want: WantedHop;
  /** What the hop is known by, where it can be made. */
  readonly id?: string;
  readonly end?: TunnelEnd;
  readonly hop?: HopRow;
  readonly problems: readonly Problem[];
}

function identity(hop: Pick<HopRow, "kind" | "remote" | "port">): string {
  return `${hop.kind} ${formatAddress(hop.remote)} ${hop.port}`;
}

/** Whether inner packets may be IPv6, which needs 1280 bytes (RFC 8200 5). */
function carriesIPv6(file: HopSetting["file"]): boolean {
  return file.subnets.some((subnet) => subnet.address.family === 6);
}

/**
 * The hop rows of one process, wanted and given up one by one: chooses both ends, finds the MTU, keeps the index of every hop
 * that stays. A hop that cannot be is a problem; the others go on.
 */
export class HopBook {
  readonly #kind: HopRow["kind"];
  readonly #owner: Owner;
  readonly #pool: IndexPool;
  readonly #entries = new Map<string, Entry>();
  /** Who wants the same hop: two peers that share an address. The first by name has it. */
  readonly #wanters = new Map<string, Set<string>>();

  constructor(kind: HopRow["kind"], owner: Owner) {
    this.#kind = kind;
    this.#owner = owner;
    this.#pool = new IndexPool(HOP_RANGE[owner]);
  }

  /** Keeps the indexes of the hops that are there. */
  found(present: Rows): void {
    const held = new Map<number, string>();
    for (const hop of present.hops.values()) held.set(hop.index, hop.owner === this.#owner ? identity(hop) : "");
    this.#pool.found(held);
  }

  hopOf(key: string): HopRow | undefined {
    return this.#entries.get(key)?.hop;
  }

  problemsOf(key: string): readonly Problem[] {
    return this.#entries.get(key)?.problems ?? [];
  }

  /**
   * Some are wanted no more, others are, or are wanted otherwise.
   *
   * @returns the keys whose hop or problems may be others now, those of `come` included
   */
  update(gone: Iterable<string>, come: readonly WantedHop[], setting: HopSetting): ReadonlySet<string> {
    const touched = new Set<string>();
    const [before, changed] = [new Map<string, boolean>(), new Set<string>()];
    const touch = (id: string): void => {
      if (!before.has(id)) before.set(id, this.#wanters.has(id));
      for (const key of this.#wanters.get(id) ?? []) touched.add(key);
    };
    for (const key of gone) {
      this.#forget(key, touch);
      touched.delete(key);
    }
    for (const want of come) {
      this.#forget(want.key, touch);
      const end = setting.ways.choose(want.addresses);
      const id = end.ok ? identity({ kind: this.#kind, remote: end.value.remote, port: want.port }) : undefined;
      const problems = end.ok ? [] : [{ object: want.name, reason: end.reason }];
      this.#entries.set(want.key, { want, problems, ...(id !== undefined && end.ok && { id, end: end.value }) });
      if (id !== undefined) {
        touch(id);
        this.#wanters.set(id, (this.#wanters.get(id) ?? new Set()).add(want.key));
      }
      touched.add(want.key);
    }
    const leave = [...before].filter(([id, was]) => was && !this.#wanters.has(id)).map(([id]) => id);
    const enter = [...before].filter(([id, was]) => !was && this.#wanters.has(id)).map(([id]) => id);
    for (const id of this.#pool.change(leave, enter)) for (const key of this.#wanters.get(id) ?? []) touched.add(key);
    for (const key of touched) {
      const entry = this.#entries.get(key);
      if (!entry) continue;
      this.#entries.set(key, this.#made(entry, setting));
      changed.add(key);
    }
    return changed;
  }

  #forget(key: string, touch: (id: string) => void): void {
    const id = this.#entries.get(key)?.id;
    this.#entries.delete(key);
    if (id === undefined) return;
    touch(id);
    const wanters = this.#wanters.get(id);
    wanters?.delete(key);
    if (wanters?.size === 0) this.#wanters.delete(id);
  }

  #made(entry: Entry, { file, ways }: HopSetting): Entry {
    const { want, id, end } = entry;
    if (id === undefined || !end) return entry;
    const { remote, local, path } = end;
    const refused = (reason: string): Entry => ({ want, id, end, problems: [{ object: want.name, reason }] });
    const [first = want.key] = [...(this.#wanters.get(id) ?? [])].sort();
    if (first !== want.key) {
      const other = this.#entries.get(first)?.want.name ?? first;
      return refused(`${other} has the same address ${formatAddress(remote)} and port: give each its own`);
    }
    const index = this.#pool.indexOf(id);
    if (index === undefined) return refused("all hop rows are taken: use fewer nodes or gateways");
    const link = linkMtu(Math.min(path.mtu, ways.uplinkMtu(path) ?? path.mtu, file.mtu ?? path.mtu));
    const mtu = innerMtu(link, remote.family);
    const narrow = `a path of ${link} bytes leaves ${mtu} inside the tunnel and IPv6 needs ${MIN_LINK_MTU}: raise the path's MTU to ${MIN_LINK_MTU + link - mtu}`;
    const tooNarrow = carriesIPv6(file) && mtu < MIN_LINK_MTU;
    const hop: HopRow = {
      index,
      remote,
      local,
      via: path.via ?? remote,
      ifindex: path.ifindex,
      kind: this.#kind,
      vni: want.vni,
      port: want.port,
      mtu,
      localMac: vtepMac(local),
      remoteMac: vtepMac(remote),
      owner: this.#owner,
    };
    return { want, id, end, hop, problems: tooNarrow ? [{ object: want.name, reason: narrow }] : [] };
  }
}
