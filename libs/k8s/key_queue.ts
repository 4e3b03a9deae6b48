// SPDX-License-Identifier: Apache-2.0

import { Log, StateLog } from "@strait/obs";
import { Backoff, systemTimers, type Timers } from "@strait/time";
import { ApiError } from "./api_error.ts";

export interface KeyQueueOptions {
  /**
   * Does the work of one key: reads what is wanted now and makes it so. A rejection is retried with backoff. Who wants to be called
   * again at some time says `addAfter`.
   */
  readonly run: (key: string, signal: AbortSignal) => Promise<void>;
  /** Keys worked on at the same time. 4 when absent. */
  readonly concurrency?: number | undefined;
  readonly timers?: Timers | undefined;
  readonly random?: (() => number) | undefined;
  readonly log?: Log | undefined;
  /** Milliseconds to the first retry of a key. 50 when absent. */
  readonly firstMs?: number | undefined;
  /** Milliseconds between retries at most. 60000 when absent. */
  readonly mostMs?: number | undefined;
}

interface Entry {
  /** Wanted again: waiting in line, or added while it runs. */
  wanted: boolean;
  running: boolean;
  backoff: Backoff | undefined;
  cancel: (() => void) | undefined;
}

/**
 * Work by key. Added again and again, a key is worked on once; it is never worked on twice at the same time, and what is added while it
 * runs makes it run once more. An idle queue starts at once: there is no pause to collect. A key that fails is retried alone, later and later, while the
 * others go on; adding it again retries it now.
 *
 * @example
 * const queue = new KeyQueue({ run: async (key) => sync(store.get(key)) });
 * informer.onChange((changes) => changes.forEach(({ object }) => queue.add(keyOf(object))));
 */
export class KeyQueue {
  readonly #options: KeyQueueOptions;
  readonly #timers: Timers;
  readonly #states: StateLog;
  readonly #entries = new Map<string, Entry>();
  readonly #line: string[] = [];
  readonly #stopping = new AbortController();
  readonly #waiters = new Set<() => void>();
  #running = 0;
  #scheduled = false;

  constructor(options: KeyQueueOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#states = new StateLog(options.log ?? new Log({ level: "error" }));
  }

  /** Keys that wait, run or are to be retried. */
  get size(): number {
    return this.#entries.size;
  }

  /** Works on the key as soon as a hand is free. */
  add(key: string): void {
    if (this.#stopping.signal.aborted) return;
    const entry = this.#entry(key);
    entry.cancel?.();
    entry.cancel = undefined;
    if (entry.wanted) return;
    entry.wanted = true;
    if (entry.running) return;
    this.#line.push(key);
    this.#soon();
  }

  /** Works on the key after so many milliseconds, unless it is added before. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#stopping.signal.aborted) return;
    this.#later(key, this.#entry(key), milliseconds);
  }

  /** Waits until nothing runs and nothing is in line; retries to come do not count. */
  async idle(): Promise<void> {
    while (this.#running > 0 || this.#line.length > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiters.add(resolve);
      await promise;
    }
  }

  /** Aborts what runs and waits for its end. Nothing runs afterwards. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#line.length = 0;
    for (const entry of this.#entries.values()) entry.cancel?.();
    await this.idle();
    this.#entries.clear();
  }

  #entry(key: string): Entry {
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = { wanted: false, running: false, backoff: undefined, cancel: undefined };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  /** In this turn of the event loop, but after whoever adds: they may add one key several times. */
  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < (this.#options.concurrency ?? 4)) {
      const key = this.#line.shift();
      const entry = key === undefined ? undefined : this.#entries.get(key);
      if (key === undefined || !entry) return;
      entry.wanted = false;
      entry.running = true;
      this.#running++;
      void this.#work(key, entry);
    }
  }

  async #work(key: string, entry: Entry): Promise<void> {
    const { signal } = this.#stopping;
    let again: number | undefined;
    try {
      await this.#options.run(key, signal);
      entry.backoff = undefined;
      this.#states.clear(key, "works again", { key });
    } catch (error) {
      if (!signal.aborted) again = this.#failed(key, entry, error);
    }
    entry.running = false;
    this.#running--;
    if (signal.aborted) entry.wanted = false;
    if (entry.wanted) this.#line.push(key);
    else if (again !== undefined && !signal.aborted) this.#later(key, entry, again);
    else if (!entry.cancel) this.#entries.delete(key);
    this.#next();
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  #failed(key: string, entry: Entry, error: unknown): number {
    const { firstMs = 50, mostMs = 60_000, random } = this.#options;
    entry.backoff ??= new Backoff({ first: firstMs, most: mostMs, random });
    const reason = error instanceof Error ? error.message : String(error);
    this.#states.set(key, error instanceof ApiError ? error.reason : reason, "warn", "failed, will be tried again", {
      key,
      reason,
    });
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    return Math.max(entry.backoff.next(), asked);
  }

  #later(key: string, entry: Entry, milliseconds: number): void {
    entry.cancel?.();
    entry.cancel = this.#timers.after(milliseconds, () => {
      entry.cancel = undefined;
      this.add(key);
    });
  }
}
