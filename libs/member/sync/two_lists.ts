// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, Informer, type Kind, type KubeObject, objectKey, type ResourceClient } from "@strait/k8s";
import { CLUSTER_ID_LABEL } from "@strait/model";
import type { Log } from "@strait/obs";
import type { Side, SyncObject, SyncPair, SyncRules, SyncSides } from "@strait/plan";
import type { Timers } from "@strait/time";

/** Both sides, in the order in which they are gone through. */
export const SIDES = ["local", "broker"] as const;

/** What both lists of a kind need. */
export interface TwoListsOptions<T extends KubeObject> {
  readonly kind: Kind<T>;
  readonly rules: SyncRules;
  readonly clients: Readonly<Record<Side, ApiClient>>;
  readonly sides: SyncSides;
  readonly log: Log;
  readonly timers: Timers;
  /** Jitter in [0, 1). */
  readonly random?: (() => number) | undefined;
}

/** One side: what was read of it, and its door. */
export interface ListedSide<T extends KubeObject> {
  readonly informer: Informer<T>;
  readonly resource: ResourceClient<T>;
  readonly namespace: string;
}

/** By which the objects of a cluster are found. */
const BY_CLUSTER = "cluster";

/**
 * The objects of one kind as they were read last, on the own API server and on the broker.
 *
 * @example
 * const lists = new TwoLists({ kind: EndpointKind, rules, clients, sides, log, timers });
 * lists.start();
 * lists.pair("west-gw1").broker
 */
export class TwoLists<T extends KubeObject> {
  readonly #options: TwoListsOptions<T>;
  readonly #lists: Readonly<Record<Side, ListedSide<T>>>;

  constructor(options: TwoListsOptions<T>) {
    this.#options = options;
    const { sides } = options;
    this.#lists = { local: this.#list("local", sides.namespace), broker: this.#list("broker", sides.brokerNamespace) };
  }

  at(side: Side): ListedSide<T> {
    return this.#lists[side];
  }

  /** Why a side's changes are not followed now; undefined while they are. */
  away(side: Side): string | undefined {
    return this.#lists[side].informer.state.reason;
  }

  /** Whether both were read once. */
  get synced(): boolean {
    return SIDES.every((side) => this.#lists[side].informer.state.synced);
  }

  start(): void {
    for (const side of SIDES) this.#lists[side].informer.start();
  }

  async stop(): Promise<void> {
    await Promise.all(SIDES.map((side) => this.#lists[side].informer.stop()));
  }

  /** What was read of one side. */
  all(side: Side): readonly T[] {
    return this.#lists[side].informer.store.list();
  }

  /** The cluster that an object belongs to: ours, where nothing names another. */
  clusterOf(object: SyncObject): string {
    const { rules, sides } = this.#options;
    return object.metadata.labels?.[CLUSTER_ID_LABEL] ?? rules.owner(object) ?? sides.clusterId;
  }

  isOurs(object: SyncObject): boolean {
    return this.clusterOf(object) === this.#options.sides.clusterId;
  }

  /** A cluster's objects on one side; ours where none is named. */
  ofCluster(side: Side, cluster: string = this.#options.sides.clusterId): readonly T[] {
    return this.#lists[side].informer.store.by(BY_CLUSTER, cluster);
  }

  /** What both sides have under a name. */
  pair(name: string): Omit<SyncPair, "lost"> {
    const known = (side: Side) => {
      const { informer, namespace } = this.#lists[side];
      const key = objectKey(namespace, name);
      return { object: informer.store.get(key), refused: informer.refused.get(key) };
    };
    const [local, broker] = [known("local"), known("broker")];
    return {
      local: local.object,
      broker: broker.object,
      localRefused: local.refused,
      brokerRefused: broker.refused,
      spoken: local.object !== undefined && this.ofCluster("broker", this.clusterOf(local.object)).length > 0,
    };
  }

  /** Why objects that do not decode cannot be exchanged, by name. */
  unreadable(): ReadonlyMap<string, string> {
    return new Map(
      SIDES.flatMap((side) =>
        [...this.#lists[side].informer.refused].map(([key, reason]): [string, string] => [
          key.slice(key.indexOf("/") + 1),
          `it cannot be read ${side === "local" ? "here" : "on the broker"}: ${reason}`,
        ]),
      ),
    );
  }

  #list(side: Side, namespace: string): ListedSide<T> {
    const { clients, kind, timers, random } = this.#options;
    const log = this.#options.log.with({ side });
    const resource = clients[side].resource(kind);
    const informer = new Informer(resource, { namespace, log, timers, random });
    informer.store.index(BY_CLUSTER, (object) => [this.clusterOf(object)]);
    return { resource, namespace, informer };
  }
}
