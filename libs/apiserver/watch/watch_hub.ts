// SPDX-License-Identifier: Apache-2.0
import type { ObjectStore } from "../store/object_store.ts";
import type { Change } from "../store/stored_object.ts";

const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";
const MOST_CHANGES = 256;
const MOST_BYTES = 2 * 1024 * 1024;

/** Wakes the watches of a resource when it changes. A watch reads the changes itself, so a slow one costs no memory. */
export class WatchHub {
  readonly #store: ObjectStore;
  readonly #sleepers = new Map<string, Set<() => void>>();
  readonly #off: () => void;
  /** The last changes without a gap, so that watches that keep up read no disk. */
  #recent: Change[] = [];
  #bytes = 0;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#off = store.onChange((change) => {
      this.#keep(change);
      this.#wake(change.resource);
      // The watches of a kind look whether it is still served.
      if (change.resource === DEFINITIONS) this.#wake(change.name);
    });
  }

  #wake(resource: string): void {
    for (const wake of this.#sleepers.get(resource) ?? []) wake();
  }

  /** Calls `wake` after every change of the resource. @returns what ends it. */
  subscribe(resource: string, wake: () => void): () => void {
    const known = this.#sleepers.get(resource) ?? new Set();
    this.#sleepers.set(resource, known);
    known.add(wake);
    return () => {
      known.delete(wake);
      if (known.size === 0) this.#sleepers.delete(resource);
    };
  }

  /** Changes of a resource after a resourceVersion, at most `limit`; undefined where some are forgotten. */
  after(resource: string, rv: number, limit: number): Change[] | undefined {
    const first = this.#recent[0];
    if (!first || first.rv > rv + 1 || rv < this.#store.floor) return this.#store.changesAfter(resource, rv, limit);
    // Every change has its own number, so the position follows from it.
    const later = this.#recent.slice(rv + 1 - first.rv);
    return later.filter((change) => change.resource === resource).slice(0, limit);
  }

  close(): void {
    this.#off();
  }

  #keep(change: Change): void {
    this.#recent.push(change);
    this.#bytes += change.body.length;
    if (this.#recent.length <= MOST_CHANGES && this.#bytes <= MOST_BYTES) return;
    // Half goes at once: taking one off the front for every change would copy the list each time.
    this.#recent = this.#bytes > MOST_BYTES ? [] : this.#recent.slice(MOST_CHANGES / 2);
    this.#bytes = this.#recent.reduce((sum, { body }) => sum + body.length, 0);
  }
}
