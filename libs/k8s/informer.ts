// SPDX-License-Identifier: Apache-2.0

import { Log, StateLog } from "@strait/obs";
import { Backoff, elapsed, sleep, systemTimers, type Timers } from "@strait/time";
import { ApiError, isExpired } from "./api_error.ts";
import { type Change, deleteChange, listChanges, putChange } from "./change.ts";
import { type KubeObject, keyOf } from "./kube_object.ts";
import { Listeners } from "./listeners.ts";
import { Refusals } from "./refusals.ts";
import type { ResourceClient } from "./resource_client.ts";
import { SilenceGuard } from "./silence_guard.ts";
import { Store } from "./store.ts";
import type { WatchEvent } from "./watch_event.ts";
import { olderThan, watchSeconds } from "./watch_times.ts";

export interface InformerOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly log?: Log | undefined;
  readonly timers?: Timers | undefined;
  /** Jitter: uniform in [0, 1). Math.random when absent. */
  readonly random?: (() => number) | undefined;
  /**
   * Milliseconds without a byte after which a watch is taken for dead, cut and resumed. 90000 when absent: a real API server sends a
   * bookmark about every minute. With less, each watch asks to be ended (after a last bookmark) before that time.
   */
  readonly silentAfterMs?: number | undefined;
}

/** Whether the store can be believed. */
export interface InformerState {
  /** Whether everything was read at least once. It stays true when the server goes away: the store then holds what was last known. */
  readonly synced: boolean;
  /** Why changes are not followed now, one sentence; absent while they are. */
  readonly reason?: string;
}

/** Below this a watch that ends has not worked: the next one waits. */
const SETTLED_MS = 1000;

/**
 * Follows the objects of one kind: list, then watch, for ever. The store is a true copy of what the server said last; listeners get
 * the differences in batches, and nothing for what did not change.
 *
 * Faults: docs/design/kubernetes-client.md says what happens in each. In short: a watch that ends, breaks or falls silent is resumed where it was; a
 * version that is gone (410) leads to a new list, of which only the differences are told; retries back off with jitter; an object
 * that does not decode is named in `refused` and the log once, and its last good state stays.
 *
 * @example
 * const nodes = new Informer(client.resource(NodeKind), { log });
 * nodes.onChange((changes) => plan(changes));
 * nodes.start();
 * await nodes.synced(signal);
 */
export class Informer<T extends KubeObject> {
  readonly store = new Store<T>();
  readonly #client: ResourceClient<T>;
  readonly #options: InformerOptions;
  readonly #timers: Timers;
  readonly #random: () => number;
  readonly #log: Log;
  readonly #states: StateLog;
  readonly #backoff: Backoff;
  readonly #refusals: Refusals;
  readonly #changes = new Listeners<readonly Change<T>[]>((error) => this.#failed(error));
  readonly #stateChanges = new Listeners<void>((error) => this.#failed(error));
  readonly #stopping = new AbortController();
  #synced = false;
  #reason: string | undefined = "nothing was read yet";
  /** Where a watch goes on from; undefined when only a list helps. */
  #version: string | undefined;
  /** As `#version`, and kept when that is given up. */
  #newest: string | undefined;
  #wentBack = false;
  /** Whether the server said that the version is gone, and no watch has worked since. */
  #heard = false;
  #cut: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(client: ResourceClient<T>, options: InformerOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#random = options.random ?? Math.random;
    this.#log = (options.log ?? new Log({ level: "error" })).with({ objects: client.kind.plural });
    this.#states = new StateLog(this.#log);
    this.#refusals = new Refusals(this.#states);
    this.#backoff = new Backoff({ most: 15_000, random: this.#random });
  }

  get state(): InformerState {
    return this.#reason === undefined ? { synced: this.#synced } : { synced: this.#synced, reason: this.#reason };
  }

  /** Objects that do not decode, by key, with the reason. */
  get refused(): ReadonlyMap<string, string> {
    return this.#refusals.reasons;
  }

  /**
   * While a batch is told: whether it is of a list that is older than what was known, so that the server lost what came after
   * (restored from a copy). What is missing in it was perhaps never deleted.
   */
  get wentBack(): boolean {
    return this.#wentBack;
  }

  /** Calls the listener with every batch of changes from now on. Returns what ends that. */
  onChange(listener: (changes: readonly Change<T>[]) => void): () => void {
    return this.#changes.add(listener);
  }

  /** Calls the listener whenever `state` or `refused` changed. Returns what ends that. */
  onState(listener: () => void): () => void {
    return this.#stateChanges.add(listener);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Waits until everything was read once. @throws the signal's reason, or an Error when the informer is stopped before. */
  async synced(signal?: AbortSignal): Promise<void> {
    if (this.#synced) return;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal?.reason);
    const stopped = () => reject(new Error(`following ${this.#client.kind.plural} was stopped before they were read`));
    const off = this.onState(() => this.#synced && resolve());
    signal?.addEventListener("abort", abort, { once: true });
    this.#stopping.signal.addEventListener("abort", stopped, { once: true });
    if (this.#stopping.signal.aborted) stopped();
    await promise.finally(() => {
      off();
      signal?.removeEventListener("abort", abort);
      this.#stopping.signal.removeEventListener("abort", stopped);
    });
  }

  /** Looks again now: cuts a watch that may be dead, and any wait for a retry. Costs nothing but a new watch. */
  nudge(): void {
    this.#cut?.();
  }

  /** Ends it; the store stays as it is. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (signal.aborted) break;
        if (isExpired(error)) this.#expired();
        await this.#pause(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const listing = await this.#client.list({ ...this.#selection(), signal, known: (key) => this.store.get(key) });
    this.#version = listing.resourceVersion;
    this.#wentBack = this.#newest !== undefined && olderThan(listing.resourceVersion, this.#newest);
    this.#newest = listing.resourceVersion;
    const changes = listChanges(this.store, listing);
    const refused = this.#refusals.replace(listing.refused, (key) => this.store.get(key) !== undefined);
    const first = !this.#synced;
    this.#synced = true;
    this.#tell(changes);
    this.#wentBack = false;
    if (first) this.#setReason(undefined);
    else if (refused) this.#stateChanges.tell();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const silentAfterMs = this.#options.silentAfterMs ?? 90_000;
    const guard = new SilenceGuard(this.#timers, silentAfterMs, signal);
    this.#cut = () => guard.cut();
    const opened = elapsed(this.#timers);
    let settle = () => {};
    try {
      const events = this.#client.watchBatches({
        ...this.#selection(),
        signal: guard.signal,
        resourceVersion: this.#version ?? "",
        timeoutSeconds: watchSeconds(silentAfterMs, this.#random()),
        onBytes: () => guard.alive(),
        onOpen: () => {
          settle = this.#timers.after(SETTLED_MS, () => this.#works());
        },
      });
      for await (const batch of events) {
        this.#take(batch);
        this.#works();
      }
    } catch (error) {
      // A cut is our own doing: the watch goes on where it was, at once.
      if (!guard.wasCut || signal.aborted) throw error;
      if (guard.silent) throw this.#error(`said nothing for ${silentAfterMs / 1000} s`, "Transport");
      return;
    } finally {
      settle();
      guard.release();
      this.#cut = undefined;
    }
    // A server that accepts watches and ends them at once would be asked without a pause.
    if (elapsed(this.#timers) - opened < SETTLED_MS) throw this.#error("ends every watch at once", "Transport");
  }

  #take(batch: readonly WatchEvent<T>[]): void {
    const changes: Change<T>[] = [];
    let refusals = false;
    try {
      for (const event of batch) {
        this.#advance(event);
        if (event.type === "BOOKMARK") continue;
        const key = event.type === "REFUSED" ? event.key : keyOf(event.object);
        if (event.type === "REFUSED" && !event.deleted) {
          refusals = this.#refusals.refuse({ name: key, reason: event.reason }, this.store.get(key) !== undefined) || refusals;
          continue;
        }
        refusals = this.#refusals.accept(key) || refusals;
        const gone = event.type === "REFUSED" || event.type === "DELETED";
        const change = gone ? deleteChange(this.store, key) : putChange(this.store, event.object);
        if (change) changes.push(change);
      }
    } finally {
      // Also where an event in the middle ends the watch: what is in the store has been told.
      this.#tell(changes);
      if (refusals) this.#stateChanges.tell();
    }
  }

  /** A version that goes back means that the server lost some (restored from a copy): what we know may never have been. */
  #advance(event: WatchEvent<T>): void {
    const version = "object" in event ? event.object.metadata.resourceVersion : event.resourceVersion;
    if (!version) return;
    const older = this.#version !== undefined && olderThan(version, this.#version);
    if (!older) this.#newest = this.#version = version;
    else if (event.type !== "DELETED") throw this.#error(`went back from version ${this.#version} to ${version}`, "Expired");
  }

  /**
   * A server that says so is there again: what was waited for while it was away does not count. Once until it works, for one that
   * says it again and again is asked ever more seldom.
   */
  #expired(): void {
    this.#version = undefined;
    if (!this.#heard) this.#backoff.reset();
    this.#heard = true;
  }

  #works(): void {
    this.#backoff.reset();
    this.#heard = false;
    this.#states.clear("server", "following again");
    this.#setReason(undefined);
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    const state = error instanceof ApiError ? `${error.reason} ${error.status ?? ""}` : reason;
    this.#states.set("server", state, isExpired(error) ? "info" : "warn", "not following", { reason });
    this.#setReason(reason);
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    const wake = new AbortController();
    const end = () => wake.abort();
    signal.addEventListener("abort", end, { once: true });
    this.#cut = end;
    if (signal.aborted) end();
    await sleep(this.#timers, Math.max(this.#backoff.next(), asked), wake.signal);
    signal.removeEventListener("abort", end);
    this.#cut = undefined;
  }

  #error(what: string, reason: string): ApiError {
    const { plural } = this.#client.kind;
    return new ApiError(`cannot watch ${plural}: the server ${what}`, { verb: "watch", object: plural, reason });
  }

  #selection() {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return { namespace, labelSelector, fieldSelector };
  }

  #setReason(reason: string | undefined): void {
    if (this.#reason === reason) return;
    this.#reason = reason;
    this.#stateChanges.tell();
  }

  #tell(changes: readonly Change<T>[]): void {
    if (changes.length > 0) this.#changes.tell(changes);
  }

  #failed(error: unknown): void {
    this.#log.error("a listener failed", { reason: error });
  }
}
