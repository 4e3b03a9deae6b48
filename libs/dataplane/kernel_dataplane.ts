// SPDX-License-Identifier: Apache-2.0
import {
  type Cidr,
  type ClusterFile,
  type Delivery,
  type NodeFacts,
  type Plan,
  type Rows,
  sameCidr,
  sameRow,
} from "@strait/model";
import { Netlink, type NetlinkEvent } from "@strait/netlink";
import type { AttachKind } from "./attachments.ts";
import { isHarm, NETWORK_GROUPS, watchNode } from "./changes.ts";
import { CNI_CACHE_DIR, resultsDir } from "./cni_cache.ts";
import { type Counters, readCounters } from "./counters.ts";
import type { ApplyReport, Change, Dataplane } from "./dataplane.ts";
import { DirectoryWatch } from "./directory_watch.ts";
import { FactFinder } from "./facts.ts";
import { ForwardLook } from "./forward_look.ts";
import { Ground, type GroundOptions } from "./ground.ts";
import { noChanges } from "./map_sync.ts";
import { News } from "./news.ts";
import { NOTHING_APPLIED, remember } from "./pass_memory.ts";
import { Passes } from "./passes.ts";
import { podProgramIds } from "./pod_program_ids.ts";

export interface KernelDataplaneOptions extends Omit<GroundOptions, "netlink"> {
  readonly attach: AttachKind;
}

/**
 * The dataplane of this node's kernel: what is there (`FactFinder`), what it stands on (`Ground`), how a plan is applied (`Passes`),
 * and when what is remembered of the last time can be believed.
 *
 * @example
 * const dataplane = new KernelDataplane({ pinDir, pins, objectPath, owner: "agent", attach: "tcx", version, log });
 */
export class KernelDataplane implements Dataplane {
  readonly #log: GroundOptions["log"];
  readonly #netlink: Netlink;
  readonly #finder: FactFinder;
  /** Who decides about pods' packets besides us: the agent's to know. */
  readonly #forward: ForwardLook | undefined;
  readonly #ground: Ground;
  readonly #passes: Passes;
  #memory = NOTHING_APPLIED;
  /** As it was told last. */
  #delivery: Delivery | undefined;
  #trusted = false;
  /** Whether changes are listened to: what was read stays right only then. */
  #following = false;
  #uplinkChanged = false;
  /** Where the CNI's records are watched. */
  #watched: string | undefined;
  /** Of the changes that are being listened to. */
  #news: News | undefined;
  /** The CNI's records are written after the interfaces they tell of. */
  readonly #records = new DirectoryWatch((file) => {
    this.#finder.noticed(file);
    this.#news?.tell(true);
  });

  constructor({ attach, ...options }: KernelDataplaneOptions) {
    const { owner, pins, log } = options;
    this.#log = log;
    const unreadable = (reason: string): void => log.debug("record passed over", { reason });
    const netlink = new Netlink({ unreadable });
    this.#netlink = netlink;
    this.#forward = owner === "agent" ? new ForwardLook({ unreadable }) : undefined;
    this.#finder = new FactFinder(netlink, this.#forward, () => podProgramIds(options.pinDir));
    this.#ground = new Ground({ ...options, netlink });
    this.#passes = new Passes({ netlink, pins, owner, attach, ground: this.#ground, forward: this.#forward });
  }

  get sure(): boolean {
    return this.#trusted && this.#following;
  }

  doubt(): void {
    this.#trusted = false;
  }

  facts(file: ClusterFile): NodeFacts {
    const results = resultsDir(file.cniCacheDir ?? CNI_CACHE_DIR);
    if (!this.sure || results !== this.#watched) this.#records.watch(results);
    this.#watched = results;
    if (!this.sure) {
      this.#finder.doubt();
      this.#ground.hold();
    }
    return this.#finder.find(file, this.#ground.device);
  }

  present(): Rows {
    return this.#ground.rows.read();
  }

  apply(plan: Plan): ApplyReport {
    const changes = noChanges();
    Object.assign(changes.writes, this.#ground.writes());
    const { sure } = this;
    this.#trusted = false;
    const attached = sure
      ? this.#passes.news(plan, this.#memory, this.#uplinkChanged, changes)
      : this.#passes.everything(plan, changes);
    this.#uplinkChanged = false;
    this.#tellDelivery(plan);
    this.#memory = remember(plan, attached);
    this.#trusted = changes.failures.length === 0;
    return changes;
  }

  async *changes(signal: AbortSignal): AsyncGenerator<Change> {
    const news = new News();
    this.#news = news;
    this.#following = true;
    this.doubt();
    try {
      const groups = this.#forward ? [...NETWORK_GROUPS, "nftables" as const] : NETWORK_GROUPS;
      yield* watchNode(news, signal, (event) => this.#hear(event), groups);
    } finally {
      this.#following = false;
    }
  }

  counters(): Counters {
    return readCounters(this.#ground.maps);
  }

  close(): void {
    this.#records.close();
    this.#forward?.close();
    this.#ground.close();
    this.#netlink.close();
  }

  /** Takes a notification in. Returns whether it is news: of nf_tables only what concerns us is. */
  #hear(event: NetlinkEvent): boolean {
    this.#finder.take(event);
    const concerns = this.#forward?.take(event) ?? false;
    // Offloads of an uplink are part of no message, only that something about it changed.
    if (event.kind === "link" && this.#memory.spread.includes(event.link.ifindex)) this.#uplinkChanged = true;
    const wantsTable = (): boolean => this.#memory.keptSources.length > 0;
    const harm = this.#trusted && isHarm(event, (destination) => this.#wants(destination), wantsTable);
    if (harm) this.doubt();
    return event.kind !== "nftables" || concerns || harm;
  }

  /** Whether we keep a route there; what the other app keeps is its own to look after. */
  #wants(destination: Cidr): boolean {
    return this.#memory.routes.some((row) => sameCidr(row.destination, destination));
  }

  /** Once for each way: who wonders why a policy holds, or why packets are slower, finds it in the log. */
  #tellDelivery({ delivery }: Plan): void {
    if (!delivery || sameRow(delivery, this.#delivery)) return;
    this.#delivery = delivery;
    const { way, why, exceptions } = delivery;
    this.#log.info("pods' packets pass this node", { way, why, exceptions: exceptions.map(({ name }) => name) });
  }
}
