// SPDX-License-Identifier: Apache-2.0

import { Log, StateLog } from "@strait/obs";
import { Backoff, elapsed, sleep, systemTimers, type Timers } from "@strait/time";
import { ApiError, isExpired } from "./api_error.ts";
import { type Change, deleteChange, listChanges, putChange } from "./change.ts";
import { type KubeObject, keyOf } from "./kube_object.ts";
import type { RefusedObject, ResourceClient } from "./resource_client.ts";
import { SilenceGuard } from "./silence_guard.ts";
import { Store } from "./store.ts";
import type { WatchEvent } from "./watch_event.ts";

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
/** A real API server's own bounds: 5 to 10 minutes. */
const WATCH_SECONDS = 300;

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
  readonly #refused = new Map<string, string>();
  readonly #listeners = new Set<(changes: readonly Change<T>[]) => void>();
  readonly #stateListeners = new Set<() => void>();
  readonly #stopping = new AbortController();
  #synced = false;
  #reason: string | undefined = "nothing was read yet";
  /** Where a watch goes on from; undefined when only a list helps. */
  #version: string | undefined;
  #cut: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(client: ResourceClient<T>, options: InformerOptions = {}) {
    this.#client = client;
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#random = options.random ?? Math.random;
    this.#log = (options.log ?? new Log({ level: "error" })).with({ objects: client.kind.plural });
    this.#states = new StateLog(this.#log);
    this.#backoff = new Backoff({ most: 15_000, random: this.#random });
  }

  get state(): InformerState {
    return this.#reason === undefined ? { synced: this.#synced } : { synced: this.#synced, reason: this.#reason };
  }

  /** Objects that do not decode, by key, with the reason. */
  get refused(): ReadonlyMap<string, string> {
    return this.#refused;
  }

  /** Calls the listener with every batch of changes from now on. Returns what ends that. */
  onChange(listener: (changes: readonly Change<T>[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listener whenever `state` or `refused` changed. Returns what ends that. */
  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
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
        if (isExpired(error)) this.#version = undefined;
        await this.#pause(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const listing = await this.#client.list({ ...this.#selection(), signal, known: (key) => this.store.get(key) });
    this.#version = listing.resourceVersion;
    const changes = listChanges(this.store, listing);
    const before = this.#refused.size;
    const now = new Set(listing.refused.map(({ name }) => name));
    for (const key of [...this.#refused.keys()]) if (!now.has(key)) this.#accept(key);
    for (const one of listing.refused) this.#refuse(one);
    const first = !this.#synced;
    this.#synced = true;
    this.#tell(changes);
    if (first) this.#setReason(undefined);
    else if (before !== this.#refused.size) this.#tellState();
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
      if (guard.silent)
        throw new ApiError(`the watch of ${this.#client.kind.plural} fell silent for ${silentAfterMs / 1000} s`, {
          verb: "watch",
          object: this.#client.kind.plural,
          reason: "Transport",
        });
      return;
    } finally {
      settle();
      guard.release();
      this.#cut = undefined;
    }
    // A server that accepts watches and ends them at once would be asked without a pause.
    if (elapsed(this.#timers) - opened < SETTLED_MS) {
      throw new ApiError(`the server ends every watch of ${this.#client.kind.plural} at once`, {
        verb: "watch",
        object: this.#client.kind.plural,
        reason: "Transport",
      });
    }
  }

  #take(batch: readonly WatchEvent<T>[]): void {
    const changes: Change<T>[] = [];
    let refusals = false;
    for (const event of batch) {
      const version =
        event.type === "BOOKMARK" || event.type === "REFUSED" ? event.resourceVersion : event.object.metadata.resourceVersion;
      this.#advance(version);
      if (event.type === "BOOKMARK") continue;
      if (event.type === "REFUSED") {
        refusals = true;
        if (!event.deleted) {
          this.#refuse({ name: event.key, reason: event.reason });
          continue;
        }
      }
      const key = event.type === "REFUSED" ? event.key : keyOf(event.object);
      if (this.#refused.has(key)) refusals = this.#accept(key);
      const gone = event.type === "REFUSED" || event.type === "DELETED";
      const change = gone ? deleteChange(this.store, key) : putChange(this.store, event.object);
      if (change) changes.push(change);
    }
    this.#tell(changes);
    if (refusals) this.#tellState();
  }

  /** A version that goes back means that the server lost some (restored from a copy): what we know may never have been. */
  #advance(version: string | undefined): void {
    if (!version) return;
    if (this.#version && olderThan(version, this.#version)) {
      throw new ApiError(`the server went back from version ${this.#version} of ${this.#client.kind.plural} to ${version}`, {
        verb: "watch",
        object: this.#client.kind.plural,
        reason: "Expired",
      });
    }
    this.#version = version;
  }

  #refuse({ name, reason }: RefusedObject): void {
    this.#refused.set(name, reason);
    const kept = this.store.get(name) !== undefined;
    const fields = { object: name, reason, ...(kept && { kept: "its last good state" }) };
    this.#states.set(`object ${name}`, reason, "warn", "object refused", fields);
  }

  #accept(key: string): true {
    this.#refused.delete(key);
    this.#states.clear(`object ${key}`, "object accepted again", { object: key });
    return true;
  }

  #works(): void {
    this.#backoff.reset();
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
    await sleep(this.#timers, Math.max(this.#backoff.next(), asked), wake.signal);
    signal.removeEventListener("abort", end);
    this.#cut = undefined;
  }

  #selection() {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return { namespace, labelSelector, fieldSelector };
  }

  #setReason(reason: string | undefined): void {
    if (this.#reason === reason) return;
    this.#reason = reason;
    this.#tellState();
  }

  #tell(changes: readonly Change<T>[]): void {
    if (changes.length > 0) for (const listener of [...this.#listeners]) this.#guarded(() => listener(changes));
  }

  #tellState(): void {
    for (const listener of [...this.#stateListeners]) this.#guarded(listener);
  }

  /** A listener's mistake must not end the others' news. */
  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#log.error("a listener failed", { reason: error });
    }
  }
}

function watchSeconds(silentAfterMs: number, random: number): number {
  // The server's last bookmark comes two seconds before the end; three quarters leave room for it and for a slow network.
  if (silentAfterMs < 80_000) return Math.max(1, Math.floor((silentAfterMs / 1000) * 0.75));
  return Math.floor(WATCH_SECONDS * (1 + random));
}

/** Versions of one kind on one server are numbers that grow; anything else is left alone. */
function olderThan(a: string, b: string): boolean {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return false;
  return a.length !== b.length ? a.length < b.length : a < b;
}
