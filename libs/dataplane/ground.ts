// SPDX-License-Identifier: Apache-2.0
import { type BpfMap, type BpfProgram, FileLock } from "@strait/ffi";
import { type IfIndex, type Owner, STRAIT_DEVICE } from "@strait/model";
import type { Netlink } from "@strait/netlink";
import type { Log } from "@strait/obs";
import { capabilities } from "./capabilities.ts";
import { ensureStraitDevice } from "./devices.ts";
import { refuseLaterLayout } from "./later_layout.ts";
import { attempt, type Changes, RowMaps } from "./map_sync.ts";
import type { Pins } from "./pins.ts";
import {
  adoptPrograms,
  dropPrograms,
  ensurePrograms,
  isComplete,
  type Loaded,
  latestPrograms,
  type ProgramName,
  releasePrograms,
} from "./programs.ts";

export interface GroundOptions {
  readonly netlink: Netlink;
  /** A directory on a bpffs. */
  readonly pinDir: string;
  /** What is pinned below it. */
  readonly pins: Pins;
  /** encap.o. */
  readonly objectPath: string;
  /** Which process this is: the agent says which programs a node runs, the gateway takes those over. */
  readonly owner: Owner;
  /** Of this process, for the mark that tells an earlier one which version is needed. */
  readonly version: string | undefined;
  readonly log: Log;
}

interface Laid {
  readonly device: IfIndex;
  readonly loaded: Loaded;
  readonly rows: RowMaps;
}

/**
 * What is in the kernel before a plan can be made: our device, the programs that name it, and their maps. What an earlier process
 * left is found, what is missing is made; nothing carries traffic by that alone.
 *
 * @example
 * const ground = new Ground({ netlink, pinDir, pins, objectPath, owner: "agent", version, log });
 * ground.hold(); // as often as it is in doubt
 * ground.rows.read();
 */
export class Ground {
  readonly #options: GroundOptions;
  #laid: Laid;
  #untold: Record<string, number> = {};

  /** @throws SetupError where maps of a later layout are there */
  constructor(options: GroundOptions) {
    this.#options = options;
    this.#laid = this.#lay();
  }

  get device(): IfIndex {
    return this.#laid.device;
  }

  get programs(): ReadonlyMap<ProgramName, BpfProgram> {
    return this.#laid.loaded.programs;
  }

  get maps(): ReadonlyMap<string, BpfMap> {
    return this.#laid.loaded.maps;
  }

  /** The maps that the control plane writes. */
  get rows(): RowMaps {
    return this.#laid.rows;
  }

  /**
   * Lays it anew where it is not there any more.
   *
   * @throws SetupError where a later version came meanwhile
   */
  hold(): void {
    if (!this.#isGone()) return;
    const old = this.#laid.loaded;
    this.#laid = this.#lay();
    releasePrograms(old);
  }

  /** How much laying it wrote since this was asked last, by kind of object. */
  writes(): Readonly<Record<string, number>> {
    const untold = this.#untold;
    this.#untold = {};
    return untold;
  }

  /** Which programs a node runs is the agent's to say; the gateway clears up only what no device belongs to any more. */
  dropPrograms(changes: Changes): void {
    const { owner, pins } = this.#options;
    const { device, loaded } = this.#laid;
    attempt(changes, "removes", "programs", "old programs", () => {
      using _lock = FileLock.take(pins.turnstile);
      return dropPrograms(pins, { keep: loaded.name, ...(owner === "gateway" && { device }) });
    });
  }

  /** Gives up the handles; all stays in the kernel. */
  close(): void {
    releasePrograms(this.#laid.loaded);
  }

  /**
   * Whether what we stand on is not there any more: somebody deleted the device, perhaps made it anew (the programs know it
   * by its index), or removed the pins, or the agent loaded other programs.
   */
  #isGone(): boolean {
    const { device, loaded } = this.#laid;
    const { owner, pins, netlink } = this.#options;
    if (netlink.linkByName(STRAIT_DEVICE)?.ifindex !== device) return true;
    return owner === "agent" ? !isComplete(pins, loaded.name) : latestPrograms(pins, device) !== loaded.name;
  }

  #lay(): Laid {
    const { netlink, pinDir, pins, objectPath, owner, version, log } = this.#options;
    // A later version may have come since the start.
    refuseLaterLayout(pinDir);
    pins.make(version);
    // Two apps start together on a gateway node: one makes, the other finds.
    using _lock = FileLock.take(pins.turnstile);
    const { link, writes } = ensureStraitDevice(netlink);
    const config = { can_pop_mixed: capabilities(objectPath).popMixed === "yes" };
    const source = { objectPath, config, device: link.ifindex };
    const loaded = (owner === "gateway" ? adoptPrograms(pins, source) : undefined) ?? ensurePrograms(pins, source);
    if (loaded.loaded) log.info("programs loaded", { programs: loaded.name, ...config });
    if (writes > 0) this.#wrote("links", writes);
    if (loaded.loaded) this.#wrote("programs", loaded.programs.size);
    return { device: link.ifindex, loaded, rows: new RowMaps(loaded.maps) };
  }

  #wrote(what: string, count: number): void {
    this.#untold[what] = (this.#untold[what] ?? 0) + count;
  }
}
