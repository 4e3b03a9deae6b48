// SPDX-License-Identifier: Apache-2.0
import {
  type ApiClient,
  ApiError,
  failedWith,
  Informer,
  KeyQueue,
  type Kind,
  type KubeObject,
  objectKey,
  type ResourceClient,
} from "@strait/k8s";
import { CLUSTER_ID_LABEL, type Problem } from "@strait/model";
import { type Log, StateLog } from "@strait/obs";
import {
  canonical,
  decideSync,
  type Side,
  type SyncObject,
  type SyncPair,
  type SyncRules,
  type SyncSides,
  type SyncStep,
  saysSame,
} from "@strait/plan";
import { elapsed, type Timers } from "@strait/time";

/** What one kind's exchange needs. */
export interface KindSyncOptions<T extends KubeObject> {
  readonly kind: Kind<T>;
  readonly rules: SyncRules;
  readonly clients: Readonly<Record<Side, ApiClient>>;
  readonly sides: SyncSides;
  readonly log: Log;
  readonly timers: Timers;
  /** Jitter in [0, 1). */
  readonly random?: (() => number) | undefined;
  /** Called when `away` or `problems` may have changed. */
  readonly onState: () => void;
}

/** One side: what was read of it, and its door. */
interface End<T extends KubeObject> {
  readonly informer: Informer<T>;
  readonly resource: ResourceClient<T>;
  readonly namespace: string;
}

/** A write after which the object still differs: the server's definition cuts what it does not know. */
interface Cut {
  readonly wanted: string;
  readonly version: string | undefined;
}

/** Who wrote over or made an object since we looked tells us so himself; this is for news that get lost. */
const LOOK_AGAIN_MS = 1000;

/** How long copies outlive a broker that lost its data: the others write theirs again as soon as they have found it. */
const LOST_MS = 60_000;

const SIDES = ["local", "broker"] as const;

/**
 * Exchanges the objects of one kind between the own API server and the broker: two followed lists, and work by name that looks at
 * both and writes at most one. A change costs one look and at most one write; a name that failed is tried again alone; while a side
 * is away its names wait, without being tried, for it to be followed again.
 */
export class KindSync<T extends KubeObject> {
  readonly #options: KindSyncOptions<T>;
  readonly #ends: Readonly<Record<Side, End<T>>>;
  readonly #queue: KeyQueue;
  readonly #states: StateLog;
  /** By name: why it is not exchanged. */
  readonly #refused = new Map<string, string>();
  readonly #failed = new Map<string, string>();
  readonly #cut = new Map<string, Cut>();
  /** Names whose work waits for a side to be followed again, or for what takes their place. */
  readonly #parked: Readonly<Record<Side, Set<string>>> = { local: new Set(), broker: new Set() };
  readonly #waiting = new Set<string>();
  readonly #followed: Record<Side, boolean> = { local: false, broker: false };
  /** Names of objects on the broker that we removed, or are about to. */
  readonly #removed = new Set<string>();
  /** Until when nothing is removed here, in `elapsed` time. */
  #holdUntil = Number.NEGATIVE_INFINITY;
  #begun = false;

  constructor(options: KindSyncOptions<T>) {
    this.#options = options;
    const { kind, clients, sides, timers, random } = options;
    this.#states = new StateLog(options.log.with({ kind: options.rules.what }));
    const end = (side: Side, namespace: string): End<T> => {
      const log = options.log.with({ side });
      const resource = clients[side].resource(kind);
      return { resource, namespace, informer: new Informer(resource, { namespace, log, timers, random }) };
    };
    this.#ends = { local: end("local", sides.namespace), broker: end("broker", sides.brokerNamespace) };
    this.#queue = new KeyQueue({ run: (name, signal) => this.#work(name, signal), timers, random, mostMs: 30_000 });
    for (const side of SIDES) {
      const { informer } = this.#ends[side];
      informer.store.index("cluster", (object) => [this.#clusterOf(object)]);
      informer.onChange((changes) => {
        for (const { type, object } of changes) {
          if (side === "broker" && type === "delete") this.#brokerLost(object.metadata.name);
          this.#add(object.metadata.name);
        }
        for (const name of this.#waiting) this.#add(name);
      });
      informer.onState(() => this.#stateChanged(side));
    }
  }

  /** Why a side's changes are not followed now; undefined while they are. */
  away(side: Side): string | undefined {
    return this.#ends[side].informer.state.reason;
  }

  /** What is not exchanged and why, by object. */
  problems(): readonly Problem[] {
    const { what } = this.#options.rules;
    const unreadable = SIDES.flatMap((side) =>
      [...this.#ends[side].informer.refused].map(([key, reason]): [string, string] => [
        key.slice(key.indexOf("/") + 1),
        `it cannot be read ${side === "local" ? "here" : "on the broker"}: ${reason}`,
      ]),
    );
    const all = new Map([...unreadable, ...this.#failed, ...this.#refused]);
    return [...all].map(([name, reason]) => ({ object: `${what} ${name}`, reason }));
  }

  /** Names that are still to be looked at; 0 where both sides are in step. */
  get pending(): number {
    return this.#queue.size + this.#parked.local.size + this.#parked.broker.size + this.#waiting.size;
  }

  start(): void {
    for (const side of SIDES) this.#ends[side].informer.start();
  }

  /** Ends it; nothing is written afterwards. */
  async stop(): Promise<void> {
    await this.#queue.stop();
    await Promise.all(SIDES.map((side) => this.#ends[side].informer.stop()));
  }

  /** Waits until nothing is under way. For tests and a graceful end. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  #clusterOf(object: SyncObject): string {
    const { clusterId } = this.#options.sides;
    return object.metadata.labels?.[CLUSTER_ID_LABEL] ?? this.#options.rules.owner(object) ?? clusterId;
  }

  /** Before both sides were read once, nothing can be said about any name. */
  #add(name: string): void {
    if (this.#begun) this.#queue.add(name);
  }

  #stateChanged(side: Side): void {
    const following = this.away(side) === undefined;
    if (!this.#begun && SIDES.every((each) => this.#ends[each].informer.state.synced)) this.#begin();
    if (following && !this.#followed[side]) {
      for (const name of this.#parked[side]) this.#add(name);
      this.#parked[side].clear();
    }
    this.#followed[side] = following;
    this.#options.onState();
  }

  /** Looks at every name once: what happened while nobody looked is made good. */
  #begin(): void {
    this.#begun = true;
    const { local, broker } = this.#ends;
    const { clusterId } = this.#options.sides;
    const [ours, kept] = [local, broker].map(({ informer }) => informer.store.by("cluster", clusterId).length);
    if (ours && !kept && local.informer.store.size > ours) this.#hold();
    for (const side of SIDES) for (const { metadata } of this.#ends[side].informer.store.list()) this.#queue.add(metadata.name);
  }

  /** Nobody but us removes what is ours. So a broker that has it no more lost its data, and the others' with it. */
  #brokerLost(name: string): void {
    if (this.#removed.delete(name)) return;
    const { sides, rules } = this.#options;
    const { local } = this.#pair(name);
    if (local && this.#clusterOf(local) === sides.clusterId && rules.owner(local) === sides.clusterId) this.#hold();
  }

  #hold(): void {
    this.#holdUntil = elapsed(this.#options.timers) + LOST_MS;
    const fields = { kind: this.#options.rules.what, seconds: LOST_MS / 1000 };
    this.#options.log.warn("the broker lost what we wrote: copies of the others' stay for a while", fields);
  }

  #pair(name: string): SyncPair {
    const known = (side: Side) => {
      const { informer, namespace } = this.#ends[side];
      const key = objectKey(namespace, name);
      return { object: informer.store.get(key), refused: informer.refused.get(key) };
    };
    const [local, broker] = [known("local"), known("broker")];
    return { local: local.object, broker: broker.object, localRefused: local.refused, brokerRefused: broker.refused };
  }

  async #work(name: string, signal: AbortSignal): Promise<void> {
    const { rules, sides } = this.#options;
    const step = decideSync(this.#pair(name), rules, sides);
    this.#waiting.delete(name);
    this.#set(this.#refused, name, step.do === "nothing" ? step.reason : undefined, "not exchanged");
    if (step.do === "nothing") return this.#set(this.#failed, name, undefined, "");
    try {
      await this.#write(name, step, signal);
      this.#set(this.#failed, name, undefined, "");
    } catch (error) {
      if (signal.aborted) throw error;
      this.#writeFailed(name, step.side, error);
    }
  }

  async #write(name: string, step: Exclude<SyncStep, { do: "nothing" }>, signal: AbortSignal): Promise<void> {
    const { side } = step;
    const { resource, namespace } = this.#ends[side];
    if (step.do === "delete" && this.#replacementIsMissing(step.owner, side)) {
      this.#waiting.add(name);
      return;
    }
    const held = this.#holdUntil - elapsed(this.#options.timers);
    if (step.do === "delete" && side === "local" && held > 0) {
      this.#queue.addAfter(name, held);
      return;
    }
    if (step.do === "put" && step.over && this.#cutAlready(name, step.object, step.over)) return;
    if (step.do === "delete" || step.do === "renew") {
      if (side === "broker") this.#removed.add(name);
      await resource.delete(name, { namespace, uid: step.over.metadata.uid, signal });
      this.#cut.delete(name);
    }
    if (step.do === "delete") return this.#tell("removed", name, side);
    const object = step.object as unknown as T;
    const made =
      step.do === "put" && step.over ? await resource.replace(object, { signal }) : await resource.create(object, { signal });
    this.#tell("written", name, side);
    if (saysSame(made, step.object, this.#options.rules)) this.#cut.delete(name);
    else this.#cut.set(name, { wanted: this.#says(step.object), version: made.metadata.resourceVersion });
  }

  /** What says the same but for what the server does not keep would be written for ever. */
  #cutAlready(name: string, wanted: SyncObject, there: SyncObject): boolean {
    const cut = this.#cut.get(name);
    return cut !== undefined && cut.version === there.metadata.resourceVersion && cut.wanted === this.#says(wanted);
  }

  #says({ metadata: { labels, annotations }, ...rest }: SyncObject): string {
    return canonical([labels, annotations, rest]);
  }

  /**
   * Whether another object of the cluster is still to be written there: a failover makes a new Endpoint and removes the old one, and
   * without this order there might be none for a moment, which would end the cluster's connections.
   */
  #replacementIsMissing(cluster: string, target: Side): boolean {
    const { rules, sides } = this.#options;
    if (!rules.renew) return false;
    const source = this.#ends[target === "local" ? "broker" : "local"].informer.store.by("cluster", cluster);
    return source.some(({ metadata }) => {
      const step = decideSync(this.#pair(metadata.name), rules, sides);
      return step.do === "put" && step.side === target && step.over === undefined;
    });
  }

  #writeFailed(name: string, side: Side, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    // Somebody was faster. What he did is on its way to us.
    if (
      failedWith(error, "Conflict", "AlreadyExists", "NotFound") &&
      !(failedWith(error, "NotFound") && error.verb === "create")
    ) {
      this.#queue.addAfter(name, LOOK_AGAIN_MS);
      return;
    }
    this.#set(this.#failed, name, reason, "not written, will be tried again");
    const lost = error instanceof ApiError && error.status === undefined;
    if (!lost || this.away(side) === undefined) throw error;
    this.#parked[side].add(name);
  }

  #set(map: Map<string, string>, name: string, reason: string | undefined, message: string): void {
    if (map.get(name) === reason) return;
    const which = map === this.#refused ? "refused" : "failed";
    if (reason === undefined) {
      map.delete(name);
      this.#states.clear(`${which} ${name}`, "exchanged again", { object: name });
    } else {
      map.set(name, reason);
      this.#states.set(`${which} ${name}`, reason, "warn", message, { object: name, reason });
    }
    this.#options.onState();
  }

  #tell(message: string, name: string, side: Side): void {
    this.#options.log.info(message, { kind: this.#options.rules.what, object: name, side });
  }
}
