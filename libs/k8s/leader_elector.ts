// SPDX-License-Identifier: Apache-2.0

import { Log, StateLog } from "@strait/obs";
import { elapsed, sleep, systemTimers, type Timers } from "@strait/time";
import type { ApiClient } from "./api_client.ts";
import { ApiError, failedWith } from "./api_error.ts";
import { type Lease, LeaseKind } from "./core_kinds/coordination.ts";
import { acquiredSpec, holderOf, releasedSpec, renewedSpec, WatchedLease } from "./lease.ts";
import type { ResourceClient } from "./resource_client.ts";

export interface LeaderElectorOptions {
  readonly client: Pick<ApiClient, "resource"> & Partial<Pick<ApiClient, "suspect">>;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Ours; unlike everybody else's. */
  readonly identity: string;
  /** Milliseconds that others wait after our last renewal. 15000 when absent. */
  readonly leaseMs?: number | undefined;
  /** Milliseconds without a renewal after which we step down ourselves; less than leaseMs. 10000 when absent. */
  readonly renewMs?: number | undefined;
  /** Milliseconds between two tries. 2000 when absent. */
  readonly retryMs?: number | undefined;
  /** Told when we begin or cease to lead, and when another one does. `holder` is undefined where nobody holds it or nothing is known. */
  readonly onChange: (leading: boolean, holder: string | undefined) => void;
  readonly log?: Log | undefined;
  readonly timers?: Timers | undefined;
  readonly random?: (() => number) | undefined;
}

/** As client-go: a candidate waits between one and this much more of `retryMs`. */
const JITTER = 1.2;

/**
 * Elects one of many through a Lease, by client-go's rules, so that both can stand in one election. The times in the Lease are
 * never compared with our clock: a lease has run out when it did not change for its duration since we first saw it so. A clock that is wrong by an hour
 * therefore harms nobody. Who cannot renew steps down before others may take over.
 *
 * @example
 * const elector = new LeaderElector({ client, namespace, name: "submariner-gateway-lock", identity: hostname, onChange });
 * elector.start();
 * await elector.stop(); // gives the lease up, so that another one takes it at once
 */
export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #leases: ResourceClient<Lease>;
  readonly #timers: Timers;
  readonly #random: () => number;
  readonly #log: Log;
  readonly #states: StateLog;
  readonly #watched: WatchedLease;
  readonly #stopping = new AbortController();
  readonly #leaseMs: number;
  readonly #renewMs: number;
  readonly #retryMs: number;
  #leading = false;
  #holder: string | undefined;
  /** Whether the lease may be ours though we do not lead: of what took or renewed it last the answer did not come, or came too late. */
  #perhapsOurs = false;
  /** Calls off stepping down at the deadline of the last renewal. */
  #disarm = () => {};
  #running: Promise<void> | undefined;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#random = options.random ?? Math.random;
    this.#leaseMs = options.leaseMs ?? 15_000;
    this.#renewMs = options.renewMs ?? 10_000;
    this.#retryMs = options.retryMs ?? 2000;
    if (!(this.#leaseMs > this.#renewMs && this.#renewMs > this.#retryMs * JITTER && this.#retryMs > 0)) {
      throw new RangeError(
        `a lease of ${this.#leaseMs} ms must outlast its renewal (${this.#renewMs}) and that some tries (${this.#retryMs})`,
      );
    }
    this.#log = (options.log ?? new Log({ level: "error" })).with({ lease: `${options.namespace}/${options.name}` });
    this.#states = new StateLog(this.#log);
    this.#leases = options.client.resource(LeaseKind);
    this.#watched = new WatchedLease(() => elapsed(this.#timers));
  }

  /** Whether we lead. It ceases by itself when the lease could not be renewed in time. */
  get leading(): boolean {
    return this.#leading;
  }

  /** Who holds the lease as last seen. */
  get holder(): string | undefined {
    return this.#holder;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends it. A lease that we hold is given up, so that another one need not wait for it to run out. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#disarm();
    if (this.#leading) this.#set(false, this.#holder);
    else if (!this.#perhapsOurs) return;
    await this.#release();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const began = elapsed(this.#timers);
      try {
        const held = await this.#inTime((call) => this.#tryOnce(call));
        this.#states.clear("server", "election goes on");
        if (held) this.#lead(began);
        else this.#set(false, holderOf(this.#watched.lease));
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(error);
      }
      await sleep(this.#timers, this.#pause(), signal);
    }
  }

  /** Runs a try that may take half of the time in which a renewal must succeed, so that there is always a second one. */
  async #inTime<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.#stopping;
    const call = new AbortController();
    const stop = () => call.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    const late = new Error(`no answer within ${this.#renewMs / 2000} s`);
    const cancel = this.#timers.after(this.#renewMs / 2, () => {
      this.#options.client.suspect?.();
      call.abort(late);
    });
    try {
      return await run(call.signal);
    } finally {
      cancel();
      signal.removeEventListener("abort", stop);
    }
  }

  /** Leads until the deadline of a renewal that was begun then; the answer may have taken long. */
  #lead(began: number): void {
    this.#disarm();
    const left = began + this.#renewMs - elapsed(this.#timers);
    if (left <= 0) return;
    this.#disarm = this.#timers.after(left, () => this.#set(false, undefined));
    this.#set(true, this.#options.identity);
  }

  #failed(error: unknown): void {
    // Somebody else was faster, or took the lease away: no fault, the next look tells.
    const known = this.#watched.lease !== undefined;
    const changed = failedWith(error, "Conflict", "AlreadyExists") || (known && failedWith(error, "NotFound"));
    if (changed) {
      this.#watched.forget();
      return;
    }
    const reason = error instanceof Error ? error.message : String(error);
    const state = error instanceof ApiError ? error.reason : reason;
    this.#states.set("server", state, "warn", "the lease cannot be read or written", { reason });
  }

  #pause(): number {
    return this.#leading ? this.#retryMs : this.#retryMs * (1 + this.#random() * JITTER);
  }

  /** One try to get or renew the lease. Returns whether we hold it. */
  async #tryOnce(signal: AbortSignal): Promise<boolean> {
    const { identity, namespace, name } = this.#options;
    const call = { signal };
    const now = this.#timers.now();
    const mine = this.#watched.lease;
    if (this.#leading && mine) {
      // What we wrote last is what is there, unless somebody interfered: one request in place of two.
      this.#watched.see(await this.#leases.replace({ ...mine, spec: renewedSpec(mine.spec, this.#leaseMs, now) }, call));
      return true;
    }
    const lease = await this.#leases.get(name, { namespace, ...call });
    if (!lease) {
      this.#perhapsOurs = true;
      const spec = acquiredSpec(undefined, identity, this.#leaseMs, now);
      this.#watched.see(await this.#leases.create({ metadata: { name, namespace }, spec }, call));
      return true;
    }
    this.#watched.see(lease);
    const holder = holderOf(lease);
    this.#perhapsOurs = holder === undefined || holder === identity || this.#watched.ranOut();
    if (!this.#perhapsOurs) return false;
    const spec =
      holder === identity ? renewedSpec(lease.spec, this.#leaseMs, now) : acquiredSpec(lease.spec, identity, this.#leaseMs, now);
    this.#watched.see(await this.#leases.replace({ ...lease, spec }, call));
    return true;
  }

  async #release(): Promise<void> {
    const { identity, namespace, name } = this.#options;
    const signal = AbortSignal.timeout(this.#retryMs);
    const look = () => this.#leases.get(name, { namespace, signal });
    try {
      const known = this.#watched.lease;
      const lease = holderOf(known) === identity ? known : await look();
      if (!lease) return;
      await this.#giveUp(lease, signal).catch(async (error) => {
        // The renewal that stopping called off may have arrived all the same: what is there now is newer than what we know.
        const present = failedWith(error, "Conflict") ? await look() : undefined;
        if (!present) throw error;
        await this.#giveUp(present, signal);
      });
    } catch (error) {
      this.#states.set("release", "failed", "info", "the lease was not given up and will run out", { reason: error });
    }
  }

  async #giveUp(lease: Lease, signal: AbortSignal): Promise<void> {
    if (holderOf(lease) !== this.#options.identity) return;
    await this.#leases.replace({ ...lease, spec: releasedSpec(lease.spec, this.#timers.now()) }, { signal });
  }

  #set(leading: boolean, holder: string | undefined): void {
    if (this.#leading === leading && this.#holder === holder) return;
    this.#leading = leading;
    this.#holder = holder;
    try {
      this.#options.onChange(leading, holder);
    } catch (error) {
      this.#log.error("what follows from the election failed", { leading, reason: error });
    }
  }
}
