// SPDX-License-Identifier: Apache-2.0
import type { Change, ObjectStore } from "../store/object_store.ts";

/** Wakes the watches of a resource when it changes. A watch reads the changes itself, so a slow one costs no memory. */
export class WatchHub {
  readonly #store: ObjectStore;
  readonly #sleepers = new Map<string, Set<() => void>>();
  /** The last changes, so that watches that keep up read no disk. */
  #recent: Change[] = [];
  #off: () => void;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#off = store.onChange((change) => {
      if (this.#recent.length >= 256) this.#recent = this.#recent.slice(128);
      this.#recent.push(change);
      for (const wake of this.#sleepers.get(change.resource) ?? []) wake();
    });
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
    if (!first || first.rv > rv + 1) return this.#store.changesAfter(resource, rv, limit);
    // Every change has its own number, so the position follows from it.
    return this.#recent
      .slice(rv + 1 - first.rv)
      .filter((change) => change.resource === resource)
      .slice(0, limit);
  }

  close(): void {
    this.#off();
  }
}
