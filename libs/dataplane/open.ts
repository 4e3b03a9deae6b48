// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { buildDir, FileLock } from "@strait/ffi";
import {
  type Cidr,
  type ClusterFile,
  type Delivery,
  type IfIndex,
  type LinkRow,
  NFT_TABLE,
  type NodeFacts,
  type Owner,
  type Plan,
  type RouteRow,
  type Rows,
  STRAIT_DEVICE,
  sameCidr,
  sameRow,
} from "@strait/model";
import { Netlink, type NetlinkEvent } from "@strait/netlink";
import type { Log } from "@strait/obs";
import { applySpread } from "./apply_spread.ts";
import {
  type AttachKind,
  type Attachment,
  attachKind,
  attachmentsAt,
  detach,
  deviceAttachments,
  removeAttachments,
  writeAttachments,
} from "./attachments.ts";
import { capabilities } from "./capabilities.ts";
import { isHarm, NETWORK_GROUPS, watchNode } from "./changes.ts";
import { CNI_CACHE_DIR, resultsDir } from "./cni_cache.ts";
import { type Counters, readCounters } from "./counters.ts";
import type { ApplyReport, Change, Dataplane } from "./dataplane.ts";
import { ensureDevice, ensureStraitDevice } from "./devices.ts";
import { DirectoryWatch } from "./directory_watch.ts";
import { FactFinder } from "./facts.ts";
import { ForwardLook } from "./forward_look.ts";
import { removeKeptSources, writeKeptSources } from "./kept_sources.ts";
import { refuseLaterLayout } from "./later_layout.ts";
import { attempt, type Changes, noChanges, RowMaps } from "./map_sync.ts";
import { News } from "./news.ts";
import { Pins, type Place } from "./pins.ts";
import { checkNode } from "./preflight.ts";
import {
  adoptPrograms,
  dropPrograms,
  ensurePrograms,
  isComplete,
  type Loaded,
  latestPrograms,
  releasePrograms,
} from "./programs.ts";
import { changeRoutes, removeRoutes, writeRoutes } from "./routes.ts";

/** How a dataplane is opened. */
export interface DataplaneOptions {
  /** A directory on a bpffs. */
  readonly pinDir: string;
  /** Which process this is. */
  readonly owner: Owner;
  /** encap.o; the one this repository builds when absent. */
  readonly objectPath?: string;
  /** How programs are attached; what the kernel has when absent. */
  readonly attach?: AttachKind;
  /** Of this process, for the mark that tells an earlier one which version is needed. */
  readonly version?: string;
  /** Whether this process probes cables beside the dataplane. */
  readonly probes?: boolean;
  readonly log: Log;
}

/** Where tools/build.ts puts the programs. */
export const DEFAULT_OBJECT: string = join(buildDir(), "bpf", "encap.o");

/**
 * Opens this node's dataplane: finds the device, maps and programs an earlier process left, or makes them. Nothing carries
 * traffic before `apply`.
 *
 * @throws SetupError where the node cannot carry it, with one sentence that says what to change.
 */
export function openDataplane({
  pinDir,
  owner,
  objectPath = DEFAULT_OBJECT,
  attach,
  version,
  probes = false,
  log,
}: DataplaneOptions): Dataplane {
  checkNode({ pinDir, objectPath, probes });
  refuseLaterLayout(pinDir);
  return new KernelDataplane({ pinDir, pins: new Pins(pinDir), objectPath, owner, attach: attach ?? attachKind(), version, log });
}

interface Parts {
  readonly pinDir: string;
  readonly pins: Pins;
  readonly objectPath: string;
  readonly owner: Owner;
  readonly attach: AttachKind;
  readonly version: string | undefined;
  readonly log: Log;
}

/** What is in the kernel before a plan can be made: the device, and the programs that name it. */
interface Ground {
  readonly device: IfIndex;
  readonly loaded: Loaded;
  readonly rows: RowMaps;
}

/** What was applied last and need not be asked for while nobody else touches it. */
interface Memory {
  readonly links: readonly LinkRow[];
  readonly routes: readonly RouteRow[];
  readonly attachments: ReadonlyMap<string, Attachment>;
  readonly spread: readonly IfIndex[];
  readonly keptSources: readonly Cidr[];
}

const NOTHING: Memory = { links: [], routes: [], attachments: new Map(), spread: [], keptSources: [] };

class KernelDataplane implements Dataplane {
  readonly #parts: Parts;
  readonly #netlink: Netlink;
  readonly #finder: FactFinder;
  /** Who decides about pods' packets besides us: the agent's to know. */
  readonly #forward: ForwardLook | undefined;
  #ground: Ground;
  #memory = NOTHING;
  /** As it was told last. */
  #delivery: Delivery | undefined;
  #trusted = false;
  /** Whether changes are listened to: what was read stays right only then. */
  #following = false;
  #uplinkChanged = false;
  /** Where the CNI's records are watched. */
  #watched: string | undefined;
  /** What laying the ground wrote, to be told with the next pass. */
  #untold: Record<string, number> = {};
  /** Of the changes that are being listened to. */
  #news: News | undefined;
  /** The CNI's records are written after the interfaces they tell of. */
  readonly #records = new DirectoryWatch((file) => {
    this.#finder.noticed(file);
    this.#news?.tell(true);
  });

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#netlink = new Netlink({ unreadable: (reason) => parts.log.debug("record passed over", { reason }) });
    const unreadable = (reason: string): void => parts.log.debug("record passed over", { reason });
    this.#forward = parts.owner === "agent" ? new ForwardLook({ unreadable }) : undefined;
    this.#finder = new FactFinder(this.#netlink, this.#forward);
    this.#ground = this.#lay();
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
      if (this.#isGone()) {
        const old = this.#ground.loaded;
        this.#ground = this.#lay();
        releasePrograms(old);
      }
    }
    return this.#finder.find(file, this.#ground.device);
  }

  present(): Rows {
    return this.#ground.rows.read();
  }

  /** Links → rows → routes → attach; removal in reverse (docs/design/dataplane.md). */
  apply(plan: Plan): ApplyReport {
    const changes = noChanges();
    for (const [what, count] of Object.entries(this.#untold)) changes.writes[what] = count;
    this.#untold = {};
    const known = this.sure ? this.#memory : undefined;
    this.#trusted = false;
    const attachments = known ? this.#applyNews(plan, known, changes) : this.#applyAll(plan, changes);
    this.#uplinkChanged = false;
    this.#tellDelivery(plan);
    const { links, routes, spread, keptSources = [] } = plan;
    this.#memory = { links, routes, attachments, spread, keptSources };
    this.#trusted = changes.failures.length === 0;
    return changes;
  }

  /** Asks the kernel what it has of everything that is wanted. */
  #applyAll(plan: Plan, changes: Changes): Memory["attachments"] {
    const netlink = this.#netlink;
    const { pins, owner, attach } = this.#parts;
    for (const row of plan.links) attempt(changes, "writes", "links", `link ${row.name}`, () => ensureDevice(netlink, row));
    this.#keepSources(plan, changes);
    this.#ground.rows.write(plan.changes, changes);
    if (plan.ownsRoutes) writeRoutes(netlink, plan.routes, changes);
    const wanted = this.#attachments(plan);
    this.#attach(wanted, changes);
    if (owner === "gateway") applySpread(netlink, pins, plan.spread, changes);
    this.#dropPrograms(changes);

    const mine = plan.ownsRoutes ? (["uplink", "device"] as const) : [];
    const podsToo = owner === "agent" ? (["pod"] as const) : [];
    removeAttachments(netlink, pins, [...mine, ...podsToo], wanted, changes, attach);
    if (plan.ownsRoutes) removeRoutes(netlink, plan.routes, changes);
    this.#ground.rows.remove(plan.changes, changes);
    this.#giveSourcesUp(plan, changes);
    return new Map(wanted.map((attachment) => [pins.link(attachment), attachment]));
  }

  /** Writes what differs from what was applied before. */
  #applyNews(plan: Plan, known: Memory, changes: Changes): Memory["attachments"] {
    const netlink = this.#netlink;
    const { pins, owner, attach } = this.#parts;
    if (!sameRow(plan.links, known.links)) {
      for (const row of plan.links) attempt(changes, "writes", "links", `link ${row.name}`, () => ensureDevice(netlink, row));
    }
    const sourcesChanged = !sameRow(plan.keptSources ?? [], known.keptSources);
    if (sourcesChanged) this.#keepSources(plan, changes);
    this.#ground.rows.write(plan.changes, changes);
    const devices = [...known.attachments.values()].filter(({ place }) => place === "device");
    const wanted = new Map([...devices, ...this.#places(plan)].map((attachment) => [pins.link(attachment), attachment]));
    const fresh = [...wanted].filter(([pin]) => !known.attachments.has(pin)).map(([, attachment]) => attachment);
    const routes = plan.ownsRoutes ? plan.routes : known.routes;
    changeRoutes(netlink, known.routes, routes, changes);
    if (fresh.length > 0) this.#attach(fresh, changes);
    if (owner === "gateway" && (this.#uplinkChanged || !sameRow(plan.spread, known.spread))) {
      applySpread(netlink, pins, plan.spread, changes);
    }
    const mine = (place: Place): boolean => (place === "pod" ? owner === "agent" : plan.ownsRoutes);
    const unwanted = [...known.attachments].filter(([pin, { place }]) => !wanted.has(pin) && mine(place)).map(([, it]) => it);
    if (unwanted.length > 0) detach(netlink, pins, unwanted, changes, attach);
    this.#ground.rows.remove(plan.changes, changes);
    if (sourcesChanged) this.#giveSourcesUp(plan, changes);
    return wanted;
  }

  /** Once for each way: who wonders why a policy holds, or why packets are slower, finds it in the log. */
  #tellDelivery({ delivery }: Plan): void {
    if (!delivery || sameRow(delivery, this.#delivery)) return;
    this.#delivery = delivery;
    const { way, why, exceptions } = delivery;
    this.#parts.log.info("pods' packets pass this node", { way, why, exceptions: exceptions.map(({ name }) => name) });
  }

  /** Before a packet can go through the stack whose source others would replace there. */
  #keepSources({ keptSources = [] }: Plan, changes: Changes): void {
    if (!this.#forward) return;
    const { nftables } = this.#forward;
    attempt(changes, "writes", "tables", `table inet ${NFT_TABLE}`, () => writeKeptSources(nftables, keptSources));
  }

  #giveSourcesUp({ keptSources = [] }: Plan, changes: Changes): void {
    if (!this.#forward || keptSources.length > 0) return;
    const { nftables } = this.#forward;
    attempt(changes, "removes", "tables", `table inet ${NFT_TABLE}`, () => removeKeptSources(nftables));
  }

  #attachments(plan: Plan): Attachment[] {
    // What comes out of the tunnel is checked before anything can get in from the wire.
    return [...deviceAttachments(this.#netlink), ...this.#places(plan)];
  }

  #places({ attach }: Plan): Attachment[] {
    return [...attachmentsAt("uplink", attach.uplinks), ...attachmentsAt("pod", attach.pods)];
  }

  #attach(wanted: readonly Attachment[], changes: Changes): void {
    const { pins, attach } = this.#parts;
    // Two apps that start together want the same places: the second must find what the first has pinned.
    using _lock = FileLock.take(pins.turnstile);
    writeAttachments(pins, this.#ground.loaded.programs, wanted, changes, attach);
  }

  async *changes(signal: AbortSignal): AsyncGenerator<Change> {
    const news = new News();
    this.#news = news;
    this.#following = true;
    this.doubt();
    try {
      const groups = this.#forward ? [...NETWORK_GROUPS, "nftables" as const] : NETWORK_GROUPS;
      const hear = (event: NetlinkEvent): boolean => {
        this.#finder.take(event);
        const concerns = this.#forward?.take(event) ?? false;
        // Offloads of an uplink are part of no message, only that something about it changed.
        if (event.kind === "link" && this.#memory.spread.includes(event.link.ifindex)) this.#uplinkChanged = true;
        const wantsTable = (): boolean => this.#memory.keptSources.length > 0;
        const harm = this.#trusted && isHarm(event, (destination) => this.#wants(destination), wantsTable);
        if (harm) this.doubt();
        return event.kind !== "nftables" || concerns || harm;
      };
      yield* watchNode(news, signal, hear, groups);
    } finally {
      this.#following = false;
    }
  }

  /** Whether we keep a route there; what the other app keeps is its own to look after. */
  #wants(destination: Cidr): boolean {
    return this.#memory.routes.some((row) => sameCidr(row.destination, destination));
  }

  counters(): Counters {
    return readCounters(this.#ground.loaded.maps);
  }

  close(): void {
    this.#records.close();
    this.#forward?.close();
    releasePrograms(this.#ground.loaded);
    this.#netlink.close();
  }

  /**
   * Whether what we stand on is not there any more: somebody deleted the device, perhaps made it anew (the programs know it
   * by its index), or removed the pins, or the agent loaded other programs.
   */
  #isGone(): boolean {
    const { device, loaded } = this.#ground;
    const { owner, pins } = this.#parts;
    if (this.#netlink.linkByName(STRAIT_DEVICE)?.ifindex !== device) return true;
    return owner === "agent" ? !isComplete(pins, loaded.name) : latestPrograms(pins, device) !== loaded.name;
  }

  #lay(): Ground {
    const { pinDir, pins, objectPath, owner, version, log } = this.#parts;
    // A later version may have come since the start.
    refuseLaterLayout(pinDir);
    pins.make(version);
    // Two apps start together on a gateway node: one makes, the other finds.
    using _lock = FileLock.take(pins.turnstile);
    const { link, writes } = ensureStraitDevice(this.#netlink);
    const config = { can_pop_mixed: capabilities(objectPath).popMixed === "yes" };
    const source = { objectPath, config, device: link.ifindex };
    const loaded = (owner === "gateway" ? adoptPrograms(pins, source) : undefined) ?? ensurePrograms(pins, source);
    if (loaded.loaded) log.info("programs loaded", { programs: loaded.name, ...config });
    if (writes > 0) this.#untold["links"] = (this.#untold["links"] ?? 0) + writes;
    if (loaded.loaded) this.#untold["programs"] = (this.#untold["programs"] ?? 0) + loaded.programs.size;
    return { device: link.ifindex, loaded, rows: new RowMaps(loaded.maps) };
  }

  /** Which programs a node runs is the agent's to say; the gateway clears up only what no device belongs to any more. */
  #dropPrograms(changes: Changes): void {
    const { owner, pins } = this.#parts;
    const { device, loaded } = this.#ground;
    attempt(changes, "removes", "programs", "old programs", () => {
      using _lock = FileLock.take(pins.turnstile);
      return dropPrograms(pins, { keep: loaded.name, ...(owner === "gateway" && { device }) });
    });
  }
}
