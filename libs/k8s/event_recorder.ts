// SPDX-License-Identifier: Apache-2.0

import { Log, StateLog } from "@strait/obs";
import { elapsed, systemTimers, type Timers } from "@strait/time";
import type { ApiClient } from "./api_client.ts";
import { timestamp } from "./conditions.ts";
import { EventKind, type KubeEvent } from "./core_kinds/event.ts";
import type { KubeObject } from "./kube_object.ts";
import type { ResourceClient } from "./resource_client.ts";

export interface EventRecorderOptions {
  readonly client: Pick<ApiClient, "resource">;
  /** Who says so: "strait-gateway". */
  readonly component: string;
  /** The node it is said on. */
  readonly host?: string | undefined;
  /** For events about objects without a namespace. "default" when absent, as Kubernetes does. */
  readonly namespace?: string | undefined;
  readonly log?: Log | undefined;
  readonly timers?: Timers | undefined;
}

/** What happened. */
export interface Happening {
  readonly type: "Normal" | "Warning";
  /** One word in CamelCase. */
  readonly reason: string;
  /** One sentence for a person. */
  readonly message: string;
}

interface Told {
  event: KubeEvent;
  /** Times since the last write. */
  more: number;
  writing: boolean;
  cancel: (() => void) | undefined;
}

/** Different events that are remembered; older ones are told anew. */
const REMEMBERED = 256;
/** Milliseconds between two writes of one event. */
const REPEAT_MS = 10_000;
/** New events at once, and one more for each of so many milliseconds, whatever happens. */
const BURST = 25;
const REFILL_MS = 5000;

/**
 * Tells about objects where `kubectl describe` shows it. The same thing happening again is counted in the event that is there, and
 * written at most every ten seconds; a storm of different ones is cut to a trickle. Recording never fails and never waits: an
 * event that cannot be written is dropped, and the log says so once.
 *
 * @example
 * events.record(endpoint, { type: "Warning", reason: "SubnetOverlap", message: "10.1.0.0/16 of west overlaps ours." });
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #events: ResourceClient<KubeEvent>;
  readonly #timers: Timers;
  readonly #states: StateLog;
  readonly #told = new Map<string, Told>();
  #tokens = BURST;
  #filled: number;
  #count = 0;
  readonly #writes = new Set<Promise<void>>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#states = new StateLog(options.log ?? new Log({ level: "error" }));
    this.#events = options.client.resource(EventKind);
    this.#filled = elapsed(this.#timers);
  }

  /** Different events that are counted now. */
  get remembered(): number {
    return this.#told.size;
  }

  /** Tells that something happened to an object. */
  record(about: KubeObject, { type, reason, message }: Happening): void {
    const { kind, metadata } = about;
    const same = [kind, metadata.namespace, metadata.name, metadata.uid, type, reason, message].join("\0");
    const told = this.#told.get(same);
    if (told) {
      told.more++;
      this.#told.delete(same);
      this.#told.set(same, told);
      if (!told.writing && !told.cancel) this.#repeatLater(told);
      return;
    }
    if (!this.#takeToken()) {
      this.#states.set("storm", "storm", "info", "events come too fast and are dropped", { reason });
      return;
    }
    this.#states.clear("storm", "events are told again");
    const fresh: Told = { event: this.#event(about, { type, reason, message }), more: 0, writing: false, cancel: undefined };
    this.#told.set(same, fresh);
    const [oldest] = this.#told.keys();
    if (this.#told.size > REMEMBERED && oldest !== undefined) {
      this.#told.get(oldest)?.cancel?.();
      this.#told.delete(oldest);
    }
    this.#write(fresh, () => this.#events.create(fresh.event));
  }

  /** Writes what is still to be counted, and waits for it. */
  async flush(): Promise<void> {
    for (const told of this.#told.values()) {
      if (!told.cancel) continue;
      told.cancel();
      told.cancel = undefined;
      this.#repeat(told);
    }
    while (this.#writes.size > 0) await Promise.all(this.#writes);
  }

  #event(about: KubeObject, happening: Happening): KubeEvent {
    const now = timestamp(this.#timers.now());
    const { name, namespace, uid, resourceVersion } = about.metadata;
    const unique = `${this.#timers.now().toString(16)}${(this.#count++).toString(16).padStart(4, "0")}`;
    const place = namespace ?? this.#options.namespace ?? "default";
    return {
      metadata: { name: `${name.slice(0, 200)}.${unique}`, namespace: place },
      involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
      ...happening,
      message: happening.message.slice(0, 1024),
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: this.#options.component, host: this.#options.host },
    };
  }

  #repeatLater(told: Told): void {
    told.cancel = this.#timers.after(REPEAT_MS, () => {
      told.cancel = undefined;
      this.#repeat(told);
    });
  }

  #repeat(told: Told): void {
    const { event } = told;
    told.event = { ...event, count: (event.count ?? 1) + told.more, lastTimestamp: timestamp(this.#timers.now()) };
    told.more = 0;
    const { count, lastTimestamp } = told.event;
    const options = { type: "merge", namespace: event.metadata.namespace } as const;
    this.#write(told, () => this.#events.patch(event.metadata.name, { count, lastTimestamp }, options));
  }

  #write(told: Told, send: () => Promise<unknown>): void {
    told.writing = true;
    const write = send()
      .then(
        () => void this.#states.clear("events", "events are written again"),
        (error) => void this.#states.set("events", "failed", "warn", "events cannot be written", { reason: error }),
      )
      .finally(() => {
        told.writing = false;
        this.#writes.delete(write);
        if (told.more > 0 && !told.cancel) this.#repeatLater(told);
      });
    this.#writes.add(write);
  }

  #takeToken(): boolean {
    const now = elapsed(this.#timers);
    const refill = Math.max(0, Math.floor((now - this.#filled) / REFILL_MS));
    if (refill > 0) {
      this.#tokens = Math.min(BURST, this.#tokens + refill);
      this.#filled += refill * REFILL_MS;
    }
    if (this.#tokens <= 0) return false;
    this.#tokens--;
    return true;
  }
}
