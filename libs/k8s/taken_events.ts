// SPDX-License-Identifier: Apache-2.0
import { type Change, deleteChange, putChange } from "./change.ts";
import { type KubeObject, keyOf } from "./kube_object.ts";
import type { Refusals } from "./refusals.ts";
import type { Store } from "./store.ts";
import type { WatchEvent } from "./watch_event.ts";

/**
 * What a batch of a watch's events made of a store: each is taken in at once, and what came of all of them is told together. An
 * object that does not decode keeps its last good state.
 *
 * @example
 * const taken = new TakenEvents(store, refusals);
 * for (const event of batch) taken.take(event);
 * listeners.tell(taken.changes);
 */
export class TakenEvents<T extends KubeObject> {
  readonly #store: Store<T>;
  readonly #refusals: Refusals;
  readonly #changes: Change<T>[] = [];
  #refusalsChanged = false;

  constructor(store: Store<T>, refusals: Refusals) {
    this.#store = store;
    this.#refusals = refusals;
  }

  /** What changed, in the order in which it did. */
  get changes(): readonly Change<T>[] {
    return this.#changes;
  }

  /** Whether other objects are refused than before, or for other reasons. */
  get refusalsChanged(): boolean {
    return this.#refusalsChanged;
  }

  take(event: WatchEvent<T>): void {
    if (event.type === "BOOKMARK") return;
    const key = event.type === "REFUSED" ? event.key : keyOf(event.object);
    if (event.type === "REFUSED" && !event.deleted) {
      this.#noted(this.#refusals.refuse({ name: key, reason: event.reason }, this.#store.get(key) !== undefined));
      return;
    }
    this.#noted(this.#refusals.accept(key));
    const gone = event.type === "REFUSED" || event.type === "DELETED";
    const change = gone ? deleteChange(this.#store, key) : putChange(this.#store, event.object);
    if (change) this.#changes.push(change);
  }

  #noted(news: boolean): void {
    this.#refusalsChanged ||= news;
  }
}
