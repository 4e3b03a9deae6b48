// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { FileLock } from "@strait/ffi";
import { type ClusterFile, type IfIndex, type NodeFacts, type Owner, type Rows, STRAIT_DEVICE } from "@strait/model";
import { Netlink } from "@strait/netlink";
import type { Log } from "@strait/obs";
import { attachmentsAt, deviceAttachments, removeAttachments, writeAttachments } from "./attachments.ts";
import { capabilities } from "./capabilities.ts";
import { watchNode } from "./changes.ts";
import { CNI_CACHE_DIR } from "./cni_cache.ts";
import { type Counters, readCounters } from "./counters.ts";
import type { ApplyReport, Dataplane, Desired } from "./dataplane.ts";
import { ensureDevice, ensureStraitDevice } from "./devices.ts";
import { findFacts } from "./facts.ts";
import { attempt, noChanges, RowMaps } from "./map_sync.ts";
import { Pins } from "./pins.ts";
import { checkNode } from "./preflight.ts";
import { dropOldPrograms, ensurePrograms, type Loaded } from "./programs.ts";
import { removeRoutes, writeRoutes } from "./routes.ts";

/** How a dataplane is opened. */
export interface DataplaneOptions {
  /** A directory on a bpffs. */
  readonly pinDir: string;
  /** Which process this is. */
  readonly owner: Owner;
  /** encap.o; the one this repository builds when absent. */
  readonly objectPath?: string;
  readonly log: Log;
}

/** Where tools/build.ts puts the programs. */
export const DEFAULT_OBJECT: string = join(import.meta.dir, "..", "..", "build", "bpf", "encap.o");

/**
 * Opens this node's dataplane: finds the device, maps and programs an earlier process left, or makes them. Nothing carries
 * traffic before `apply`.
 *
 * @throws SetupError where the node cannot carry it, with one sentence that says what to change.
 */
export function openDataplane({ pinDir, owner, objectPath = DEFAULT_OBJECT, log }: DataplaneOptions): Dataplane {
  checkNode({ pinDir, objectPath });
  return new KernelDataplane({ pins: new Pins(pinDir), objectPath, owner, log });
}

interface Parts {
  readonly pins: Pins;
  readonly objectPath: string;
  readonly owner: Owner;
  readonly log: Log;
}

/** What is in the kernel before a plan can be made: the device, and the programs that name it. */
interface Ground {
  readonly device: IfIndex;
  readonly loaded: Loaded;
  readonly rows: RowMaps;
}

class KernelDataplane implements Dataplane {
  readonly #parts: Parts;
  readonly #netlink: Netlink;
  #ground: Ground;
  /** What laying the ground wrote, to be told with the next pass. */
  #untold: Record<string, number> = {};
  #cniCacheDir = CNI_CACHE_DIR;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#netlink = new Netlink({ unreadable: (reason) => parts.log.debug("record passed over", { reason }) });
    parts.pins.make();
    this.#ground = this.#lay();
  }

  facts(file: ClusterFile): NodeFacts {
    this.#cniCacheDir = file.cniCacheDir ?? CNI_CACHE_DIR;
    if (this.#netlink.linkByName(STRAIT_DEVICE)?.ifindex !== this.#ground.device) {
      // Somebody deleted the device, perhaps made it anew: the programs know it by its index.
      this.#release();
      this.#ground = this.#lay();
    }
    return findFacts(this.#netlink, file, this.#ground.device);
  }

  present(): Rows {
    return this.#ground.rows.read();
  }

  /** Links → rows → routes → attach; removal in reverse (docs/design/dataplane.md). */
  apply(desired: Desired): ApplyReport {
    const changes = noChanges();
    for (const [what, count] of Object.entries(this.#untold)) changes.writes[what] = count;
    this.#untold = {};
    const netlink = this.#netlink;
    for (const row of desired.links) attempt(changes, "writes", "links", `link ${row.name}`, () => ensureDevice(netlink, row));
    this.#ground.rows.write(desired.rows, desired.owned, changes);
    if (desired.ownsRoutes) writeRoutes(netlink, desired.routes, changes);
    const uplinks = attachmentsAt("uplink", desired.attach.uplinks);
    const pods = attachmentsAt("pod", desired.attach.pods);
    // What comes out of the tunnel is checked before anything can get in from the wire.
    const wanted = [...deviceAttachments(netlink), ...uplinks, ...pods];
    writeAttachments(this.#parts.pins, this.#ground.loaded.programs, wanted, changes);
    dropOldPrograms(this.#parts.pins, this.#ground.loaded.hash);

    const mine = desired.ownsRoutes ? (["uplink", "device"] as const) : [];
    const podsToo = this.#parts.owner === "agent" ? (["pod"] as const) : [];
    removeAttachments(netlink, this.#parts.pins, [...mine, ...podsToo], wanted, changes);
    if (desired.ownsRoutes) removeRoutes(netlink, desired.routes, changes);
    this.#ground.rows.remove(desired.rows, desired.owned, changes);
    return changes;
  }

  changes(signal: AbortSignal): AsyncIterable<void> {
    return watchNode(this.#cniCacheDir, signal);
  }

  counters(): Counters {
    return readCounters(this.#ground.loaded.maps);
  }

  close(): void {
    this.#release();
    this.#netlink.close();
  }

  #lay(): Ground {
    const { pins, objectPath, log } = this.#parts;
    // Two apps start together on a gateway node: one makes, the other finds.
    using _lock = FileLock.take(pins.turnstile);
    const { link, writes } = ensureStraitDevice(this.#netlink);
    const config = { strait0_ifindex: link.ifindex, can_pop_mixed: capabilities(objectPath).popMixed === "yes" };
    const loaded = ensurePrograms(pins, objectPath, config);
    if (loaded.loaded) log.info("programs loaded", { hash: loaded.hash, ...config });
    this.#untold = { ...(writes > 0 && { links: writes }), ...(loaded.loaded && { programs: loaded.programs.size }) };
    return { device: link.ifindex, loaded, rows: new RowMaps(loaded.maps) };
  }

  #release(): void {
    const { programs, maps } = this.#ground.loaded;
    for (const handle of [...programs.values(), ...maps.values()]) handle.close();
  }
}
