// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, GatewayKind, PodKind } from "@strait/k8s";
import { GATEWAY_NODE_POD_LABEL, GATEWAY_STATUS_POD_LABEL } from "@strait/model";
import { type Log, StateLog } from "@strait/obs";
import { elapsed, Nap, sleep, type Timers } from "@strait/time";
import { type GatewayReport, gatewayObject, type HaStatus } from "../publish/gateway_object.ts";

export interface GatewayReporterOptions {
  readonly client: Pick<ApiClient, "resource">;
  readonly namespace: string;
  /** Our pod, which is labelled with the status too; absent outside of a pod. */
  readonly podName?: string | undefined;
  /** What is so now; undefined while nothing can be told yet. */
  readonly report: () => GatewayReport | undefined;
  readonly log: Log;
  readonly timers: Timers;
}

/** Who we are among the managers of fields. */
export const FIELD_MANAGER = "strait-gateway";

/** Milliseconds between two signs of life; Submariner's leader deletes a Gateway after 15 s without one. */
const HEARTBEAT_MS = 4000;
/** Changes that come in a burst are looked at and written together. */
const GATHER_MS = 50;
/** The same for each connection: a look is at all of them, so with many it is seldom, but not more seldom than once in LONGEST_GATHER_MS. */
const GATHER_EACH_MS = 4;
const LONGEST_GATHER_MS = 1000;
/** Milliseconds a write may take, at the end of the process too. */
const WRITE_MS = 3000;

/**
 * Writes this node's Gateway object: every few seconds as a sign of life, and at once when more than a round-trip time changed.
 * A write that fails is tried again with the next; nothing else waits for it.
 *
 * @example
 * const reporter = new GatewayReporter({ client, namespace, report, log, timers });
 * reporter.start();
 * reporter.changed();
 * await reporter.stop(); // the last word is "passive"
 */
export class GatewayReporter {
  readonly #options: GatewayReporterOptions;
  readonly #states: StateLog;
  readonly #stopping = new AbortController();
  readonly #nap = new Nap();
  #running: Promise<void> | undefined;
  #look: (() => void) | undefined;
  /** How many connections there were at the last look. */
  #connections = 0;
  #told = "";
  #labelled: HaStatus | undefined;
  #failure: string | undefined;
  #writes = 0;

  constructor(options: GatewayReporterOptions) {
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

  /** Something may have changed: what differs from the last write is written soon. Cheap, however often it is called. */
  changed(): void {
    if (this.#stopping.signal.aborted) return;
    const gather = Math.max(GATHER_MS, Math.min(LONGEST_GATHER_MS, this.#connections * GATHER_EACH_MS));
    this.#look ??= this.#options.timers.after(gather, () => {
      this.#look = undefined;
      const report = this.#report();
      if (report && essence(report) !== this.#told) this.#nap.wake();
    });
  }

  /** Ends it with a last write: whoever stops does not lead. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#look?.();
    await this.#running;
    const report = this.#report();
    if (report && this.#told !== "") await this.#write({ ...report, haStatus: "passive" });
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { timers } = this.#options;
    while (!signal.aborted) {
      const began = elapsed(timers);
      const report = this.#report();
      if (report) await this.#write(report);
      if (signal.aborted) return;
      // A change that came while the last state was written must not wait for the heartbeat.
      this.changed();
      await this.#nap.take(timers, HEARTBEAT_MS - Math.min(HEARTBEAT_MS, elapsed(timers) - began), signal);
      await sleep(timers, GATHER_MS, signal);
    }
  }

  /** What cannot be told now is told with the next sign of life: a report that throws ends neither this nor the app. */
  #report(): GatewayReport | undefined {
    try {
      const report = this.#options.report();
      this.#connections = report?.connections.length ?? 0;
      this.#states.clear("report", "what this gateway is can be told again");
      return report;
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#states.set("report", this.#failure, "error", "what this gateway is cannot be told", { reason: this.#failure });
      return undefined;
    }
  }

  async #write(report: GatewayReport): Promise<void> {
    const { client, log, timers } = this.#options;
    try {
      const object = gatewayObject(report, timers.now());
      const signal = AbortSignal.timeout(WRITE_MS);
      await client.resource(GatewayKind).apply(object, { fieldManager: FIELD_MANAGER, force: true, signal });
      this.#writes++;
      this.#told = essence(report);
      await this.#label(report, signal);
      this.#failure = undefined;
      this.#states.clear("gateway", "the Gateway object is written again");
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#states.set("gateway", "failed", "warn", "the Gateway object cannot be written", { reason: this.#failure });
      log.debug("the Gateway object cannot be written", { reason: this.#failure });
    }
  }

  async #label({ haStatus, endpoint }: GatewayReport, signal: AbortSignal): Promise<void> {
    const { client, namespace, podName } = this.#options;
    if (!podName || this.#labelled === haStatus) return;
    const labels = { [GATEWAY_NODE_POD_LABEL]: labelValue(endpoint.hostname), [GATEWAY_STATUS_POD_LABEL]: haStatus };
    await client.resource(PodKind).patch(podName, { metadata: { labels } }, { type: "merge", namespace, signal });
    this.#labelled = haStatus;
  }
}

/** What is worth a write of its own: everything but times, and but what others announce, which their own Endpoints tell. */
function essence({ connections, ...rest }: GatewayReport): string {
  const told = connections.map(({ latencyRTT: _, endpoint, ...connection }) => ({ ...connection, ...nameOf(endpoint) }));
  return JSON.stringify({ ...rest, connections: told }, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

function nameOf({ cluster_id, cable_name, hostname }: GatewayReport["connections"][number]["endpoint"]) {
  return { cluster_id, cable_name, hostname };
}

/** Label values have 63 characters at most and end with a letter or digit. */
function labelValue(text: string): string {
  return text.slice(0, 63).replace(/[^A-Za-z0-9]+$/, "");
}
