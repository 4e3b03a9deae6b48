// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, type RouteAgent, RouteAgentKind } from "@strait/k8s";
import { type Log, StateLog } from "@strait/obs";
import { Backoff, elapsed, Nap, sleep, type Timers } from "@strait/time";

export interface AgentReporterOptions {
  readonly client: Pick<ApiClient, "resource">;
  readonly namespace: string;
  /** Name of the node, and of the object. */
  readonly nodeName: string;
  /** What is so now. */
  readonly status: () => RouteAgent["status"];
  readonly log: Log;
  readonly timers: Timers;
}

/** Who we are among the managers of fields. */
export const FIELD_MANAGER = "strait-routeagent";

/** Milliseconds at most from one write to the next: round-trip times are told that often, and nothing else changes with them. */
const REFRESH_MS = 60_000;
/** Changes that come in a burst are written together; agents are many. */
const GATHER_MS = 500;
/** Milliseconds after a write that failed: thousands of agents that found the API server away must not come back together. */
const RETRY = { first: 10_000, most: 60_000 };
/** Milliseconds a write may take. */
const WRITE_MS = 5000;

/**
 * Writes this node's RouteAgent object: soon after something changed, and once a minute with the round-trip times. A write that
 * fails is tried again; nothing else waits for it.
 *
 * @example
 * const reporter = new AgentReporter({ client, namespace, nodeName, status, log, timers });
 * reporter.start();
 * reporter.changed();
 * await reporter.stop();
 */
export class AgentReporter {
  readonly #options: AgentReporterOptions;
  readonly #states: StateLog;
  readonly #stopping = new AbortController();
  readonly #nap = new Nap();
  #running: Promise<void> | undefined;
  #told = "";
  #dirty = false;
  #failure: string | undefined;
  #writes = 0;

  constructor(options: AgentReporterOptions) {
    this.#options = options;
    this.#states = new StateLog(options.log);
  }

  /** Why the last write failed; undefined where it did not. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** How often it was written. */
  get writes(): number {
    return this.#writes;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something may have changed: it is looked at soon, and written where it differs from the last write. */
  changed(): void {
    this.#dirty = true;
    this.#nap.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { timers } = this.#options;
    const backoff = new Backoff(RETRY);
    while (!signal.aborted) {
      this.#dirty = false;
      const written = await this.#write(signal);
      if (written) backoff.reset();
      const until = elapsed(timers) + (written ? REFRESH_MS : backoff.next());
      do {
        // What changes while the API server is away waits for the retry.
        await this.#rest(until - elapsed(timers), written);
        if (signal.aborted) return;
        this.#dirty = false;
      } while (elapsed(timers) < until && !this.#differs());
    }
  }

  /** Until it is time, or something changed and a little more may have. */
  async #rest(milliseconds: number, wakeable: boolean): Promise<void> {
    const { signal } = this.#stopping;
    const { timers } = this.#options;
    const left = Math.max(0, milliseconds);
    if (!wakeable) await sleep(timers, left, signal);
    else if (!this.#dirty) await this.#nap.take(timers, left, signal);
    await sleep(timers, GATHER_MS, signal);
  }

  /** A status that throws counts as one that differs: the write tells it. */
  #differs(): boolean {
    try {
      return essence(this.#options.status()) !== this.#told;
    } catch {
      return true;
    }
  }

  async #write(stopping: AbortSignal): Promise<boolean> {
    const { client, namespace, nodeName, log } = this.#options;
    try {
      const status = this.#options.status();
      const { apiVersion, kind } = { apiVersion: "submariner.io/v1", kind: RouteAgentKind.kind };
      const object = { apiVersion, kind, metadata: { name: nodeName, namespace }, status };
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(WRITE_MS)]);
      await client.resource(RouteAgentKind).apply(object, { fieldManager: FIELD_MANAGER, force: true, signal });
      this.#writes++;
      this.#told = essence(status);
      this.#failure = undefined;
      this.#states.clear("routeagent", "the RouteAgent object is written again");
      return true;
    } catch (error) {
      if (stopping.aborted) return false;
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#states.set("routeagent", "failed", "warn", "the RouteAgent object cannot be written", { reason: this.#failure });
      log.debug("the RouteAgent object cannot be written", { reason: this.#failure });
      return false;
    }
  }
}

/** What is worth a write of its own: everything but round-trip times, and but what others announce, which their own Endpoints tell. */
function essence({ remoteEndpoints, ...rest }: RouteAgent["status"]): string {
  const told = (remoteEndpoints ?? []).map(({ status, statusMessage, spec: { cluster_id, cable_name, hostname } }) => ({
    status,
    statusMessage,
    cluster_id,
    cable_name,
    hostname,
  }));
  return JSON.stringify({ ...rest, remoteEndpoints: told });
}
