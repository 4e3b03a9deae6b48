// SPDX-License-Identifier: Apache-2.0
import { Listeners } from "./listeners.ts";

/** Whether the store can be believed. */
export interface InformerState {
  /** Whether everything was read at least once. It stays true when the server goes away: the store then holds what was last known. */
  readonly synced: boolean;
  /** Why changes are not followed now, one sentence; absent while they are. */
  readonly reason?: string;
}

/** The reason before the first list was read. */
export const NOTHING_READ = "nothing was read yet";

/**
 * How following goes, who wants to hear of that, and who waits for everything to be read once.
 *
 * @example
 * const state = new FollowState((error) => log.error("a listener failed", { reason: error }));
 * state.read();
 * state.follows(undefined);
 */
export class FollowState {
  readonly #listeners: Listeners<void>;
  #synced = false;
  #reason: string | undefined = NOTHING_READ;

  /** @param failed is told what a listener throws */
  constructor(failed: (error: unknown) => void) {
    this.#listeners = new Listeners(failed);
  }

  get now(): InformerState {
    return this.#reason === undefined ? { synced: this.#synced } : { synced: this.#synced, reason: this.#reason };
  }

  /** Calls the listener whenever it changed. Returns what ends that. */
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Everything was read. Returns whether for the first time; nobody is told yet, for the changes are told first. */
  read(): boolean {
    const first = !this.#synced;
    this.#synced = true;
    return first;
  }

  /** Says why changes are not followed now; undefined where they are. */
  follows(reason: string | undefined): void {
    if (this.#reason === reason) return;
    this.#reason = reason;
    this.tell();
  }

  /** Something else about it changed. */
  tell(): void {
    this.#listeners.tell();
  }

  /**
   * Waits until everything was read once and that was told.
   *
   * @param stopping ends the wait with `stopped`
   * @param signal ends it with its reason
   */
  async synced(stopping: AbortSignal, stopped: string, signal?: AbortSignal): Promise<void> {
    if (this.#synced) return;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal?.reason);
    const end = () => reject(new Error(stopped));
    const off = this.onChange(() => this.#synced && resolve());
    signal?.addEventListener("abort", abort, { once: true });
    stopping.addEventListener("abort", end, { once: true });
    if (stopping.aborted) end();
    await promise.finally(() => {
      off();
      signal?.removeEventListener("abort", abort);
      stopping.removeEventListener("abort", end);
    });
  }
}
