// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CniPod, parseCniEntry } from "./cni_cache.ts";

/**
 * libcni's records of this node, each file read when it changed. Files that vanish or are being written are passed over: news
 * of them follow.
 *
 * @example
 * records.noticed("net-c1-eth0"); // or undefined: some file
 * records.read("/var/lib/cni/results");
 * records.behind("veth5"); // the pods behind that interface
 */
export class CniRecords {
  readonly #files = new Map<string, readonly CniPod[]>();
  readonly #behind = new Map<string, CniPod[]>();
  #dir: string | undefined;
  #noticed = new Set<string>();
  #all = true;
  #names = new Set<string>();
  #everything = true;

  /** News of a file, or of all where it has no name. */
  noticed(file: string | undefined): void {
    if (file === undefined) this.#all = true;
    else this.#noticed.add(file);
  }

  /** Reads what was noticed; everything where the directory is another one. */
  read(dir: string): void {
    if (dir !== this.#dir) this.#all = true;
    this.#dir = dir;
    if (this.#all) {
      const there = new Set(namesIn(dir));
      for (const file of [...this.#files.keys()]) if (!there.has(file)) this.#put(file, []);
      for (const file of there) this.#noticed.add(file);
      this.#all = false;
    }
    for (const file of this.#noticed) this.#put(file, podsIn(join(dir, file)));
    this.#noticed = new Set();
  }

  behind(hostInterface: string): readonly CniPod[] {
    return this.#behind.get(hostInterface) ?? [];
  }

  /** Interfaces whose pods may be others since the last call. */
  changed(): { readonly names: ReadonlySet<string>; readonly all: boolean } {
    const answer = { names: this.#names, all: this.#everything };
    [this.#names, this.#everything] = [new Set(), false];
    return answer;
  }

  #put(file: string, pods: readonly CniPod[]): void {
    const old = this.#files.get(file) ?? [];
    for (const pod of old) {
      for (const name of pod.hostInterfaces) {
        this.#names.add(name);
        const rest = (this.#behind.get(name) ?? []).filter((other) => other !== pod);
        if (rest.length > 0) this.#behind.set(name, rest);
        else this.#behind.delete(name);
      }
    }
    for (const pod of pods) {
      for (const name of pod.hostInterfaces) {
        this.#names.add(name);
        this.#behind.set(name, [...(this.#behind.get(name) ?? []), pod]);
      }
    }
    if (pods.length > 0) this.#files.set(file, pods);
    else this.#files.delete(file);
  }
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function podsIn(path: string): CniPod[] {
  try {
    return parseCniEntry(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
}
