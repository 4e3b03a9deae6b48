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
import { BROKER_LOST_ANNOTATION, CLUSTER_ID_LABEL, type Problem } from "@strait/model";
import type { Log } from "@strait/obs";
import {
  decideSync,
  type Side,
  type SyncObject,
  type SyncPair,
  type SyncRules,
  type SyncSides,
  type SyncStep,
} from "@strait/plan";
import type { Timers } from "@strait/time";
import { CutWrites } from "./cut_writes.ts";
import { LostBroker } from "./lost_broker.ts";
import { SyncFaults } from "./sync_faults.ts";

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

/** Who wrote over or made an object since we looked tells us so himself; this is for news that get lost. */
const LOOK_AGAIN_MS = 1000;

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
  readonly #faults: SyncFaults;
  readonly #cuts: CutWrites;
  readonly #lost: LostBroker;
  /** Names whose work waits for a side to be followed again, or for what takes their place. */
  readonly #parked: Readonly<Record<Side, Set<string>>> = { local: new Set(), broker: new Set() };
  readonly #waiting = new Set<string>();
  /** Names that were created and that no news has told of yet: should the server lose them first, nothing ever would. */
  readonly #unseen: Readonly<Record<Side, Set<string>>> = { local: new Set(), broker: new Set() };
  readonly #followed: Record<Side, boolean> = { local: false, broker: false };
  #begun = false;

  constructor(options: KindSyncOptions<T>) {
    this.#options = options;
    const { kind, clients, sides, timers, random } = options;
    this.#cuts = new CutWrites(options.rules);
    this.#lost = new LostBroker(timers);
    this.#faults = new SyncFaults(options.log.with({ kind: options.rules.what }), options.onState);
    const end = (side: Side, namespace: string): End<T> => {
      const log = options.log.with({ side });
      const resource = clients[side].resource(kind);
      return { resource, namespace, informer: new Informer(resource, { namespace, log, timers, random }) };
    };
    this.#ends = { local: end("local", sides.namespace), broker: end("broker", sides.brokerNamespace) };
    // It needs no log: what fails is told by name below.
    this.#queue = new KeyQueue({ run: (name, signal) => this.#work(name, signal), timers, random, mostMs: 30_000 });
    for (const side of SIDES) {
      const { informer } = this.#ends[side];
      informer.store.index("cluster", (object) => [this.#clusterOf(object)]);
      informer.onChange((changes) => {
        if (side === "broker" && informer.wentBack && this.#begun) this.#brokerLost();
        for (const { type, object } of changes) {
          this.#unseen[side].delete(object.metadata.name);
          if (side === "broker" && type === "delete") this.#vanished(object.metadata.name);
          else if (side === "broker") this.#appeared(object);
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
    const all = new Map([...unreadable, ...this.#faults.reasons]);
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
      for (const name of [...this.#parked[side], ...this.#unseen[side]]) this.#add(name);
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
    const [ours = 0, kept] = [local, broker].map(({ informer }) => informer.store.by("cluster", clusterId).length);
    const copies = local.informer.store.size - ours;
    if (copies > 0 && ((ours > 0 && !kept) || broker.informer.store.size === 0)) this.#brokerLost();
    for (const side of SIDES) for (const { metadata } of this.#ends[side].informer.store.list()) this.#queue.add(metadata.name);
  }

  /** Something is gone from the broker. Where anything of ours that we did not remove is too, the broker lost it. */
  #vanished(name: string): void {
    const { clusterId } = this.#options.sides;
    const unasked = this.#lost.vanished(name);
    const { local } = this.#pair(name);
    const ours = local !== undefined && this.#clusterOf(local) === clusterId;
    if ((ours && unasked) || this.#unseen.broker.size > 0) this.#brokerLost();
  }

  /** The broker has it. Its cluster is there, so that of its copies those that are not on the broker are not waited for any more. */
  #appeared(object: T): void {
    this.#lost.appeared(object.metadata.name);
    for (const { metadata } of this.#ends.local.informer.store.by("cluster", this.#clusterOf(object))) {
      const kept = metadata.annotations?.[BROKER_LOST_ANNOTATION] !== undefined || this.#lost.has(metadata.name);
      if (kept) this.#add(metadata.name);
    }
  }

  /** Copies of what is not on the broker now stay. */
  #brokerLost(): void {
    const [local, broker] = [this.#ends.local, this.#ends.broker];
    const missing = local.informer.store.list().filter((copy) => {
      const gone = broker.informer.store.get(objectKey(broker.namespace, copy.metadata.name)) === undefined;
      return gone && this.#clusterOf(copy) !== this.#options.sides.clusterId;
    });
    const told = this.#lost.losing;
    this.#lost.lose(missing.map(({ metadata }) => metadata.name));
    const fields = { kind: this.#options.rules.what, copies: missing.length };
    if (!told && missing.length > 0) this.#options.log.warn("the broker lost its data: copies of the others' stay", fields);
  }

  #pair(name: string): SyncPair {
    const known = (side: Side) => {
      const { informer, namespace } = this.#ends[side];
      const key = objectKey(namespace, name);
      return { object: informer.store.get(key), refused: informer.refused.get(key) };
    };
    const [local, broker] = [known("local"), known("broker")];
    const { store } = this.#ends.broker.informer;
    return {
      local: local.object,
      broker: broker.object,
      localRefused: local.refused,
      brokerRefused: broker.refused,
      lost: this.#lost.has(name),
      spoken: local.object !== undefined && store.by("cluster", this.#clusterOf(local.object)).length > 0,
    };
  }

  async #work(name: string, signal: AbortSignal): Promise<void> {
    const step = this.#decide(name);
    this.#waiting.delete(name);
    const [reason, kept] = step.do === "nothing" ? [step.reason, step.kept] : [];
    this.#faults.set("refused", name, reason, kept ? undefined : "not exchanged");
    if (step.do === "nothing") return this.#faults.set("failed", name, undefined);
    try {
      await this.#write(name, step, signal);
      this.#faults.set("failed", name, undefined);
    } catch (error) {
      if (signal.aborted) throw error;
      this.#writeFailed(name, step.side, error);
    }
  }

  /** @throws what a mistake of ours throws; it is told like a write that fails */
  #decide(name: string): SyncStep {
    const { rules, sides } = this.#options;
    try {
      const pair = this.#pair(name);
      if (!pair.local && !pair.broker) this.#forget(name);
      return decideSync(pair, rules, sides);
    } catch (error) {
      this.#faults.set("failed", name, reasonOf(error), "cannot be looked at, will be tried again");
      throw error;
    }
  }

  /** Neither side has it: nothing is to be remembered of it. */
  #forget(name: string): void {
    this.#cuts.forget(name);
    this.#lost.forget(name);
    for (const side of SIDES) if (this.away(side) === undefined) this.#unseen[side].delete(name);
  }

  async #write(name: string, step: Exclude<SyncStep, { do: "nothing" }>, signal: AbortSignal): Promise<void> {
    const { side } = step;
    const { resource, namespace } = this.#ends[side];
    if (step.do === "delete" && this.#replacementIsMissing(step.owner, side)) {
      this.#waiting.add(name);
      return;
    }
    if (step.do === "put" && step.over && this.#cuts.already(name, step.object, step.over)) return;
    if (step.do === "delete" || step.do === "renew") {
      if (side === "broker") this.#lost.removing(name);
      await resource.delete(name, { namespace, uid: step.over.metadata.uid, signal });
      this.#cuts.forget(name);
    }
    if (step.do === "delete") return this.#tell("removed", name, side);
    const object = step.object as unknown as T;
    const made =
      step.do === "put" && step.over ? await resource.replace(object, { signal }) : await resource.create(object, { signal });
    this.#tell("written", name, side);
    if (side === "broker") this.#lost.wrote(name);
    this.#cuts.wrote(name, step.object, made);
    const seen = this.#pair(name)[side]?.metadata.uid === made.metadata.uid;
    if (!seen) this.#unseen[side].add(name);
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
    const reason = reasonOf(error);
    // Somebody was faster. What he did is on its way to us.
    if (
      failedWith(error, "Conflict", "AlreadyExists", "NotFound") &&
      !(failedWith(error, "NotFound") && error.verb === "create")
    ) {
      this.#queue.addAfter(name, LOOK_AGAIN_MS);
      return;
    }
    this.#faults.set("failed", name, reason, "not written, will be tried again");
    const lost = error instanceof ApiError && error.status === undefined;
    if (!lost || this.away(side) === undefined) throw error;
    this.#parked[side].add(name);
  }

  #tell(message: string, name: string, side: Side): void {
    this.#options.log.info(message, { kind: this.#options.rules.what, object: name, side });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
