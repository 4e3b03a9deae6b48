// SPDX-License-Identifier: Apache-2.0
import { Log, StateLog } from "@strait/obs";
import { elapsed, Nap, systemTimers, type Timers } from "@strait/time";
import { ApiError, isExpired } from "./api_error.ts";
import { type Change, listChanges } from "./change.ts";
import { FollowState, type InformerState } from "./follow_state.ts";
import type { KubeObject } from "./kube_object.ts";
import { Listeners } from "./listeners.ts";
import { Refusals } from "./refusals.ts";
import type { ResourceClient } from "./resource_client.ts";
import { SilenceGuard } from "./silence_guard.ts";
import { Store } from "./store.ts";
import { TakenEvents } from "./taken_events.ts";
import type { WatchEvent } from "./watch_event.ts";
import { WatchPace } from "./watch_pace.ts";
import { WatchPosition } from "./watch_position.ts";
import { watchSeconds } from "./watch_times.ts";

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
  readonly #refusals: Refusals;
  readonly #pace: WatchPace;
  readonly #position = new WatchPosition();
  readonly #state = new FollowState((error) => this.#failed(error));
  readonly #changes = new Listeners<readonly Change<T>[]>((error) => this.#failed(error));
  readonly #stopping = new AbortController();
  #wentBack = false;
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
    this.#pace = new WatchPace(this.#random);
  }

  get state(): InformerState {
    return this.#state.now;
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
    return this.#state.onChange(listener);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Waits until everything was read once. @throws the signal's reason, or an Error when the informer is stopped before. */
  synced(signal?: AbortSignal): Promise<void> {
    const stopped = `following ${this.#client.kind.plural} was stopped before they were read`;
    return this.#state.synced(this.#stopping.signal, stopped, signal);
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
        if (this.#position.version === undefined) await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (signal.aborted) break;
        if (isExpired(error)) {
          this.#position.giveUp();
          this.#pace.expired();
        }
        await this.#pause(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const listing = await this.#client.list({ ...this.#selection(), signal, known: (key) => this.store.get(key) });
    this.#wentBack = this.#position.listed(listing.resourceVersion);
    const changes = listChanges(this.store, listing);
    const refused = this.#refusals.replace(listing.refused, (key) => this.store.get(key) !== undefined);
    const first = this.#state.read();
    this.#tell(changes);
    this.#wentBack = false;
    if (first) this.#state.follows(undefined);
    else if (refused) this.#state.tell();
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
        resourceVersion: this.#position.version ?? "",
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
    const taken = new TakenEvents(this.store, this.#refusals);
    try {
      for (const event of batch) {
        const { version } = this.#position;
        const back = this.#position.advance(event);
        if (back !== undefined) throw this.#error(`went back from version ${version} to ${back}`, "Expired");
        taken.take(event);
      }
    } finally {
      // Also where an event in the middle ends the watch: what is in the store has been told.
      this.#tell(taken.changes);
      if (taken.refusalsChanged) this.#state.tell();
    }
  }

  #works(): void {
    this.#pace.works();
    this.#states.clear("server", "following again");
    this.#state.follows(undefined);
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    const state = error instanceof ApiError ? `${error.reason} ${error.status ?? ""}` : reason;
    this.#states.set("server", state, isExpired(error) ? "info" : "warn", "not following", { reason });
    this.#state.follows(reason);
    const nap = new Nap();
    this.#cut = () => nap.wake();
    await nap.take(this.#timers, this.#pace.next(error), signal);
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

  #tell(changes: readonly Change<T>[]): void {
    if (changes.length > 0) this.#changes.tell(changes);
  }

  #failed(error: unknown): void {
    this.#log.error("a listener failed", { reason: error });
  }
}
