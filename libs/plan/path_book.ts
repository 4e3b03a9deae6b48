// SPDX-License-Identifier: Apache-2.0
import { changedItems, formatAddress, type PathFact } from "@strait/model";

/**
 * The ways to other nodes and peers, for look-ups by address, brought up to date by what changed.
 *
 * @example
 * const changed = book.update(facts.paths); // addresses whose path is another one now
 */
export class PathBook {
  readonly #byRemote = new Map<string, PathFact>();
  #last: readonly PathFact[] = [];

  /** By the text of the remote address. */
  get paths(): ReadonlyMap<string, PathFact> {
    return this.#byRemote;
  }

  update(paths: readonly PathFact[]): ReadonlySet<string> {
    const { gone, come } = changedItems(this.#last, paths);
    this.#last = paths;
    const changed = new Set<string>();
    for (const path of gone) {
      const remote = formatAddress(path.remote);
      changed.add(remote);
      this.#byRemote.delete(remote);
    }
    for (const path of come) {
      const remote = formatAddress(path.remote);
      changed.add(remote);
      this.#byRemote.set(remote, path);
    }
    return changed;
  }
}

/** Who is reached at which address. */
export class AddressIndex {
  readonly #names = new Map<string, Set<string>>();

  add(address: string, name: string): void {
    const names = this.#names.get(address);
    if (names) names.add(name);
    else this.#names.set(address, new Set([name]));
  }

  remove(address: string, name: string): void {
    const names = this.#names.get(address);
    names?.delete(name);
    if (names?.size === 0) this.#names.delete(address);
  }

  at(address: string): Iterable<string> {
    return this.#names.get(address) ?? [];
  }
}
