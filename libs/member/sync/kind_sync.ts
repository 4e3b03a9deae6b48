// SPDX-License-Identifier: Apache-2.0
import { ApiError, type Change, failedWith, KeyQueue, type KubeObject } from "@strait/k8s";
import type { Problem } from "@strait/model";
import { decideSync, type Side, type SyncPair, type SyncStep } from "@strait/plan";
import { CutWrites } from "./cut_writes.ts";
import { LossWatch } from "./loss_watch.ts";
import { LostBroker } from "./lost_broker.ts";
import { SyncFaults } from "./sync_faults.ts";
import { SIDES, TwoLists, type TwoListsOptions } from "./two_lists.ts";
import { WaitingNames } from "./waiting_names.ts";

/** What one kind's exchange needs. */
export interface KindSyncOptions<T extends KubeObject> extends TwoListsOptions<T> {
  /** Called when `away` or `problems` may have changed. */
  readonly onState: () => void;
}

/** Who wrote over or made an object since we looked tells us so himself; this is for news that get lost. */
const LOOK_AGAIN_MS = 1000;

/**
 * Exchanges the objects of one kind between the own API server and the broker: two followed lists, and work by name that looks at
 * both and writes at most one. A change costs one look and at most one write; a name that failed is tried again alone; while a side
 * is away its names wait, without being tried, for it to be followed again.
 */
export class KindSync<T extends KubeObject> {
  readonly #options: KindSyncOptions<T>;
  readonly #lists: TwoLists<T>;
  readonly #queue: KeyQueue;
  readonly #faults: SyncFaults;
  readonly #cuts: CutWrites;
  readonly #lost: LostBroker;
  readonly #loss: LossWatch<T>;
  readonly #waiting = new WaitingNames();
  #begun = false;

  constructor(options: KindSyncOptions<T>) {
    this.#options = options;
    const { rules, timers, random, log, onState } = options;
    this.#cuts = new CutWrites(rules);
    this.#faults = new SyncFaults(log.with({ kind: rules.what }), onState);
    this.#lists = new TwoLists(options);
    this.#lost = new LostBroker(timers);
    const unseen = () => this.#waiting.unseen("broker");
    this.#loss = new LossWatch({ lists: this.#lists, lost: this.#lost, unseen, what: rules.what, log });
    // It needs no log: what fails is told by name below.
    this.#queue = new KeyQueue({ run: (name, signal) => this.#work(name, signal), timers, random, mostMs: 30_000 });
    for (const side of SIDES) {
      const { informer } = this.#lists.at(side);
      informer.onChange((changes) => this.#changed(side, changes));
      informer.onState(() => this.#stateChanged(side));
    }
  }

  /** Why a side's changes are not followed now; undefined while they are. */
  away(side: Side): string | undefined {
    return this.#lists.away(side);
  }

  /** What is not exchanged and why, by object. */
  problems(): readonly Problem[] {
    const { what } = this.#options.rules;
    const all = new Map([...this.#lists.unreadable(), ...this.#faults.reasons]);
    return [...all].map(([name, reason]) => ({ object: `${what} ${name}`, reason }));
  }

  /** Names that are still to be looked at; 0 where both sides are in step. */
  get pending(): number {
    return this.#queue.size + this.#waiting.size;
  }

  /** Whether the broker is seen to have all that the own cluster says; what others say, and what is refused of it, has no part in that. */
  get published(): boolean {
    const { rules, sides } = this.#options;
    if (!this.#begun || SIDES.some((side) => this.away(side) !== undefined)) return false;
    return this.#lists.ofCluster("local", sides.clusterId).every(({ metadata: { name } }) => {
      const step = decideSync(this.#pair(name), rules, sides);
      if (step.do === "nothing") return step.reason === undefined;
      return step.do === "put" && step.over !== undefined && this.#cuts.already(name, step.object, step.over);
    });
  }

  start(): void {
    this.#lists.start();
  }

  /** Ends it; nothing is written afterwards. */
  async stop(): Promise<void> {
    await this.#queue.stop();
    await this.#lists.stop();
  }

  /** Waits until nothing is under way. For tests and a graceful end. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Before both sides were read once, nothing can be said about any name. */
  #add(name: string): void {
    if (this.#begun) this.#queue.add(name);
  }

  #changed(side: Side, changes: readonly Change<T>[]): void {
    if (side === "broker" && this.#lists.at(side).informer.wentBack && this.#begun) this.#loss.found();
    for (const { type, object } of changes) {
      const { name } = object.metadata;
      this.#waiting.seen(side, name);
      if (side === "broker" && type === "delete") this.#loss.vanished(name);
      else if (side === "broker") for (const copy of this.#loss.appeared(object)) this.#add(copy);
      this.#add(name);
    }
    for (const name of this.#waiting.held) this.#add(name);
  }

  #stateChanged(side: Side): void {
    if (!this.#begun && this.#lists.synced) this.#begin();
    for (const name of this.#waiting.following(side, this.away(side) === undefined)) this.#add(name);
    this.#options.onState();
  }

  /** Looks at every name once: what happened while nobody looked is made good. */
  #begin(): void {
    this.#begun = true;
    this.#loss.begun();
    for (const side of SIDES) for (const { metadata } of this.#lists.all(side)) this.#queue.add(metadata.name);
  }

  #pair(name: string): SyncPair {
    return { ...this.#lists.pair(name), lost: this.#lost.has(name) };
  }

  async #work(name: string, signal: AbortSignal): Promise<void> {
    const step = this.#decide(name);
    this.#waiting.release(name);
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
    for (const side of SIDES) if (this.away(side) === undefined) this.#waiting.seen(side, name);
  }

  async #write(name: string, step: Exclude<SyncStep, { do: "nothing" }>, signal: AbortSignal): Promise<void> {
    const { side } = step;
    const { resource, namespace } = this.#lists.at(side);
    if (step.do === "delete" && this.#replacementIsMissing(step.owner, side)) {
      this.#waiting.hold(name);
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
    if (!seen) this.#waiting.made(side, name);
  }

  /**
   * Whether another object of the cluster is still to be written there: a failover makes a new Endpoint and removes the old one, and
   * without this order there might be none for a moment, which would end the cluster's connections.
   */
  #replacementIsMissing(cluster: string, target: Side): boolean {
    const { rules, sides } = this.#options;
    if (!rules.renew) return false;
    const source = this.#lists.ofCluster(target === "local" ? "broker" : "local", cluster);
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
    this.#waiting.park(side, name);
  }

  #tell(message: string, name: string, side: Side): void {
    this.#options.log.info(message, { kind: this.#options.rules.what, object: name, side });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
