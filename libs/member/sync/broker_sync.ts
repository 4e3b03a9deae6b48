// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, ClusterKind, EndpointKind, type KubeObject, Listeners } from "@strait/k8s";
import type { ClusterId, Problem } from "@strait/model";
import type { Log } from "@strait/obs";
import type { Side, SyncSides } from "@strait/plan";
import { systemTimers, type Timers } from "@strait/time";
import { KindSync } from "./kind_sync.ts";
import { clusterRules, endpointRules } from "./sync_rules.ts";

/** What the exchange with the broker needs. */
export interface BrokerSyncOptions {
  readonly local: ApiClient;
  readonly broker: ApiClient;
  /** Of our objects and the copies of the others'. */
  readonly namespace: string;
  readonly brokerNamespace: string;
  readonly clusterId: ClusterId;
  readonly log: Log;
  readonly timers?: Timers | undefined;
  /** Jitter in [0, 1); Math.random where absent. */
  readonly random?: (() => number) | undefined;
}

/** How an API server is. */
export type SideState = { readonly connected: true } | { readonly connected: false; readonly reason: string };

/** How the exchange is. */
export interface BrokerSyncState {
  readonly broker: SideState;
  readonly local: SideState;
  /** Objects that are not exchanged and why. */
  readonly problems: readonly Problem[];
  /** Names that are still to be looked at; 0 where both sides are in step. */
  readonly pending: number;
}

const NOT_STARTED: SideState = { connected: false, reason: "the exchange with the broker is not started" };

/**
 * Exchanges Clusters and Endpoints with the broker, as Submariner's gateway does: ours go there under our mark, the others' come here under
 * theirs, what vanished on one side vanishes on the other. It runs on the leading gateway only.
 *
 * Either API server may be away, also at the start: then nothing is written or removed, and `state` says why. When it is back, what
 * happened meanwhile is made good. docs/design/clusterset.md has the rules.
 *
 * @example
 * const sync = new BrokerSync({ local, broker, namespace, brokerNamespace, clusterId, log });
 * sync.onState(() => report(sync.state));
 * sync.start(); // leading
 * await sync.stop(); // not any more
 */
export class BrokerSync {
  readonly #options: BrokerSyncOptions;
  readonly #listeners: Listeners<void>;
  #kinds: readonly KindSync<KubeObject>[] = [];
  #told = "";

  constructor(options: BrokerSyncOptions) {
    this.#options = options;
    // One that throws must not end the work on a name.
    this.#listeners = new Listeners((error) => options.log.error("a listener failed", { part: "broker-sync", reason: error }));
  }

  get state(): BrokerSyncState {
    const problems = this.#kinds.flatMap((kind) => kind.problems());
    problems.sort((a, b) => (a.object < b.object ? -1 : a.object > b.object ? 1 : 0));
    const pending = this.#kinds.reduce((sum, kind) => sum + kind.pending, 0);
    return { broker: this.#side("broker"), local: this.#side("local"), problems, pending };
  }

  /**
   * Whether the broker is seen to have all that the own cluster says, so that the others can hear it. Other clusters' objects that
   * cannot be written here keep nothing from that.
   */
  get published(): boolean {
    return this.#kinds.length > 0 && this.#kinds.every((kind) => kind.published);
  }

  /** Calls the listener whenever a side or a problem changed. Returns what ends that. */
  onState(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Begins; a second call does nothing until `stop`. */
  start(): void {
    if (this.#kinds.length > 0) return;
    const { namespace, brokerNamespace, clusterId, local, broker, timers = systemTimers, random } = this.#options;
    const sides: SyncSides = { clusterId, namespace, brokerNamespace };
    const log = this.#options.log.with({ part: "broker-sync" });
    const common = { clients: { local, broker }, sides, log, timers, random, onState: () => this.#changed() };
    this.#kinds = [
      new KindSync({ ...common, kind: ClusterKind, rules: clusterRules }),
      new KindSync({ ...common, kind: EndpointKind, rules: endpointRules }),
    ] as unknown as readonly KindSync<KubeObject>[];
    for (const kind of this.#kinds) kind.start();
    this.#changed();
  }

  /** Ends: what is under way is called off, and nothing is written afterwards. It may be started again. */
  async stop(): Promise<void> {
    const kinds = this.#kinds;
    this.#kinds = [];
    await Promise.all(kinds.map((kind) => kind.stop()));
    this.#changed();
  }

  /** Waits until nothing is under way; names that wait for a server or a retry do not count. */
  async idle(): Promise<void> {
    await Promise.all(this.#kinds.map((kind) => kind.idle()));
  }

  #side(side: Side): SideState {
    if (this.#kinds.length === 0) return NOT_STARTED;
    const reason = this.#kinds.map((kind) => kind.away(side)).find((each) => each !== undefined);
    return reason === undefined ? { connected: true } : { connected: false, reason };
  }

  #changed(): void {
    const { broker, local, problems } = this.state;
    const now = JSON.stringify([broker, local, problems]);
    if (now === this.#told) return;
    this.#told = now;
    this.#listeners.tell();
  }
}
