// SPDX-License-Identifier: Apache-2.0
import { FileLock } from "@strait/ffi";
import { NFT_TABLE, type Owner, type Plan, sameRow } from "@strait/model";
import type { Netlink } from "@strait/netlink";
import { applySpread } from "./apply_spread.ts";
import {
  type AttachKind,
  type Attachment,
  attachmentsAt,
  detach,
  deviceAttachments,
  removeAttachments,
  writeAttachments,
} from "./attachments.ts";
import { ensureDevice } from "./devices.ts";
import type { ForwardLook } from "./forward_look.ts";
import type { Ground } from "./ground.ts";
import { removeKeptSources, writeKeptSources } from "./kept_sources.ts";
import { attempt, type Changes } from "./map_sync.ts";
import { type Attached, attachmentNews, type PassMemory } from "./pass_memory.ts";
import type { Pins, Place } from "./pins.ts";
import { changeRoutes, removeRoutes, writeRoutes } from "./routes.ts";

export interface PassesOptions {
  readonly netlink: Netlink;
  readonly pins: Pins;
  readonly owner: Owner;
  readonly attach: AttachKind;
  readonly ground: Pick<Ground, "programs" | "rows" | "dropPrograms">;
  /** Where pods' packets are of interest: the agent's. */
  readonly forward: Pick<ForwardLook, "nftables"> | undefined;
}

/**
 * The two ways to make the node as a plan wants it: asking the kernel what it has of everything, and by what is remembered.
 * Either in the one order: links → rows → routes → attach; removal in reverse (docs/design/dataplane.md).
 *
 * @example
 * const attached = memory ? passes.news(plan, memory, false, changes) : passes.everything(plan, changes);
 */
export class Passes {
  readonly #options: PassesOptions;

  constructor(options: PassesOptions) {
    this.#options = options;
  }

  /** Asks the kernel what it has of everything that is wanted. Returns what is attached now. */
  everything(plan: Plan, changes: Changes): Attached {
    const { netlink, pins, owner, attach, ground } = this.#options;
    this.#writeLinks(plan, changes);
    this.#keepSources(plan, changes);
    ground.rows.write(plan.changes, changes);
    if (plan.ownsRoutes) writeRoutes(netlink, plan.routes, changes);
    // What comes out of the tunnel is checked before anything can get in from the wire.
    const wanted = [...deviceAttachments(netlink), ...attachmentsOf(plan)];
    this.#attach(wanted, changes);
    if (owner === "gateway") applySpread(netlink, pins, plan.spread, changes);
    ground.dropPrograms(changes);

    removeAttachments(netlink, pins, this.#ours(plan), wanted, changes, attach);
    if (plan.ownsRoutes) removeRoutes(netlink, plan.routes, changes);
    ground.rows.remove(plan.changes, changes);
    this.#giveSourcesUp(plan, changes);
    return this.#byPin(wanted);
  }

  /**
   * Writes what differs from what was applied before. Returns what is attached now.
   *
   * @param uplinkChanged whether something about an uplink that is spread changed, perhaps its offloads
   */
  news(plan: Plan, known: PassMemory, uplinkChanged: boolean, changes: Changes): Attached {
    const { netlink, pins, owner, attach, ground } = this.#options;
    if (!sameRow(plan.links, known.links)) this.#writeLinks(plan, changes);
    const sourcesChanged = !sameRow(plan.keptSources ?? [], known.keptSources);
    if (sourcesChanged) this.#keepSources(plan, changes);
    ground.rows.write(plan.changes, changes);
    changeRoutes(netlink, known.routes, plan.ownsRoutes ? plan.routes : known.routes, changes);
    const devices = [...known.attached.values()].filter(({ place }) => place === "device");
    const wanted = this.#byPin([...devices, ...attachmentsOf(plan)]);
    const { come, gone } = attachmentNews(known.attached, wanted, this.#ours(plan));
    if (come.length > 0) this.#attach(come, changes);
    const spreadChanged = uplinkChanged || !sameRow(plan.spread, known.spread);
    if (owner === "gateway" && spreadChanged) applySpread(netlink, pins, plan.spread, changes);

    if (gone.length > 0) detach(netlink, pins, gone, changes, attach);
    ground.rows.remove(plan.changes, changes);
    if (sourcesChanged) this.#giveSourcesUp(plan, changes);
    return wanted;
  }

  /** The places that are this process's to clear. */
  #ours({ ownsRoutes }: Plan): readonly Place[] {
    const places: readonly Place[] = ownsRoutes ? ["uplink", "device"] : [];
    return this.#options.owner === "agent" ? [...places, "pod"] : places;
  }

  #byPin(attachments: readonly Attachment[]): Attached {
    return new Map(attachments.map((attachment) => [this.#options.pins.link(attachment), attachment]));
  }

  #writeLinks({ links }: Plan, changes: Changes): void {
    const { netlink } = this.#options;
    for (const row of links) attempt(changes, "writes", "links", `link ${row.name}`, () => ensureDevice(netlink, row));
  }

  /** Before a packet can go through the stack whose source others would replace there. */
  #keepSources({ keptSources = [] }: Plan, changes: Changes): void {
    const { forward } = this.#options;
    if (!forward) return;
    const { nftables } = forward;
    attempt(changes, "writes", "tables", `table inet ${NFT_TABLE}`, () => writeKeptSources(nftables, keptSources));
  }

  #giveSourcesUp({ keptSources = [] }: Plan, changes: Changes): void {
    const { forward } = this.#options;
    if (!forward || keptSources.length > 0) return;
    const { nftables } = forward;
    attempt(changes, "removes", "tables", `table inet ${NFT_TABLE}`, () => removeKeptSources(nftables));
  }

  #attach(wanted: readonly Attachment[], changes: Changes): void {
    const { pins, attach, ground } = this.#options;
    // Two apps that start together want the same places: the second must find what the first has pinned.
    using _lock = FileLock.take(pins.turnstile);
    writeAttachments(pins, ground.programs, wanted, changes, attach);
  }
}

/** What a plan wants attached besides what belongs to our own devices. */
function attachmentsOf({ attach }: Plan): Attachment[] {
  return [...attachmentsAt("uplink", attach.uplinks), ...attachmentsAt("pod", attach.pods)];
}
