// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type IfIndex, MAP_VERSION, parseIfIndex } from "@strait/model";

/** What an attachment is for; part of its pin's name. */
export type Place = "device" | "uplink" | "pod";

/** A pinned attachment, as its name tells. */
export interface LinkPin {
  readonly place: Place;
  readonly ifindex: IfIndex;
  readonly direction: "ingress" | "egress";
}

/**
 * Where what is ours is pinned:
 *
 * ```
 * PIN_DIR/v1/strait_*                    maps
 * PIN_DIR/v1/programs/HASH/strait_*      programs, by a hash over object file and load-time config
 * PIN_DIR/v1/links/PLACE-IFINDEX-DIRECTION
 * PIN_DIR/v1/spread/IFINDEX              marks of uplinks whose packets we spread over the CPUs (folders: a bpffs holds no files)
 * PIN_DIR/v1/made_by/VERSION             the version that pinned this layout first, with _ for . (a bpffs takes no dots)
 * ```
 */
export class Pins {
  /** Holds the maps. */
  readonly dir: string;

  /** @param layout another version's; ours when absent */
  constructor(pinDir: string, layout: string = MAP_VERSION) {
    this.dir = join(pinDir, layout);
  }

  map(name: string): string {
    return join(this.dir, name);
  }

  programs(hash: string): string {
    return join(this.dir, "programs", hash);
  }

  link({ place, ifindex, direction }: LinkPin): string {
    return join(this.#links(), `${place}-${ifindex}-${direction}`);
  }

  /** The attachments that are pinned. */
  listLinks(): LinkPin[] {
    return list(this.#links()).flatMap((name) => {
      const match = /^(device|uplink|pod)-(\d+)-(ingress|egress)$/.exec(name);
      const ifindex = parseIfIndex(Number(match?.[2]));
      if (!match || !ifindex.ok) return [];
      return [{ place: match[1] as Place, ifindex: ifindex.value, direction: match[3] as LinkPin["direction"] }];
    });
  }

  /** The mark of an uplink that we spread. */
  spread(ifindex: number): string {
    return join(this.dir, "spread", String(ifindex));
  }

  /** Interfaces with that mark. */
  listSpread(): IfIndex[] {
    return list(join(this.dir, "spread")).flatMap((name) => {
      const ifindex = parseIfIndex(Number(name));
      return ifindex.ok ? [ifindex.value] : [];
    });
  }

  /** Hashes of the programs that are pinned. */
  listPrograms(): string[] {
    return list(join(this.dir, "programs"));
  }

  /** What two processes take turns by. Not `dir` itself, which is locked while an object is loaded. */
  get turnstile(): string {
    return this.#links();
  }

  /** Held by the one process that reads the trace. */
  get traceLock(): string {
    return join(this.dir, "programs");
  }

  /** The version that pinned this layout first; undefined where it left no mark. */
  get madeBy(): string | undefined {
    return list(this.#madeBy())[0]?.replaceAll("_", ".");
  }

  /** Makes the folders, and the mark of the version that makes them, by which an earlier one says which is needed. */
  make(version?: string): void {
    mkdirSync(this.#links(), { recursive: true, mode: 0o700 });
    mkdirSync(join(this.dir, "programs"), { recursive: true, mode: 0o700 });
    if (version === undefined || this.madeBy !== undefined) return;
    mkdirSync(join(this.#madeBy(), version.replaceAll(".", "_")), { recursive: true, mode: 0o700 });
  }

  #madeBy(): string {
    return join(this.dir, "made_by");
  }

  #links(): string {
    return join(this.dir, "links");
  }
}

/** The layouts that are pinned below a directory, of whichever version: "v1". */
export function listLayouts(pinDir: string): string[] {
  return list(pinDir).filter((name) => /^v\d+$/.test(name));
}

/** Names in a directory; none where there is no directory. */
function list(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

/** Removes a directory of pins and all below it. The objects live on as long as something else holds them. */
export function removePins(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
