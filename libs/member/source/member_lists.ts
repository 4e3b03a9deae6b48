// SPDX-License-Identifier: Apache-2.0
import {
  type ApiClient,
  type Cluster,
  ClusterKind,
  type Endpoint,
  EndpointKind,
  type Gateway,
  GatewayKind,
  Informer,
  type KubeObject,
} from "@strait/k8s";
import type { Log } from "@strait/obs";
import type { Timers } from "@strait/time";
import { awayReason } from "./away_reason.ts";
import { type PlacedNode, PlacedNodeKind } from "./placed_kinds.ts";

export interface MemberListsOptions {
  readonly client: ApiClient;
  /** Of the clusterset's objects. */
  readonly namespace: string;
  /** Gateways matter to a gateway only: they change every few seconds, and agents are many. */
  readonly role: "gateway" | "agent";
  readonly log: Log;
  readonly timers: Timers;
}

/**
 * The lists that are followed from the start to the end: the cluster's nodes and the clusterset's objects.
 *
 * @example
 * const lists = new MemberLists({ client, namespace, role: "agent", log, timers });
 * lists.onState(() => lists.synced && begin());
 * lists.start();
 */
export class MemberLists {
  readonly nodes: Informer<PlacedNode>;
  readonly clusters: Informer<Cluster>;
  readonly endpoints: Informer<Endpoint>;
  /** Stays empty for an agent. */
  readonly gateways: Informer<Gateway>;
  readonly #followed: readonly Informer<KubeObject>[];

  constructor({ client, namespace, role, log, timers }: MemberListsOptions) {
    const own = { namespace, log, timers };
    this.nodes = new Informer(client.resource(PlacedNodeKind), { log, timers });
    this.clusters = new Informer(client.resource(ClusterKind), own);
    this.endpoints = new Informer(client.resource(EndpointKind), own);
    this.gateways = new Informer(client.resource(GatewayKind), own);
    const followed = [this.nodes, this.clusters, this.endpoints, ...(role === "gateway" ? [this.gateways] : [])];
    this.#followed = followed as unknown as readonly Informer<KubeObject>[];
  }

  /** Whether all were read once. */
  get synced(): boolean {
    return this.#followed.every(({ state }) => state.synced);
  }

  /** Why changes are not followed now, in one sentence although it may be so of several lists; undefined where they are. */
  get away(): string | undefined {
    return this.#followed.map(awayReason).find((reason) => reason !== undefined);
  }

  /** Objects that do not decode, each with the reason. */
  get refused(): readonly string[] {
    return this.#followed.flatMap(({ refused }) => [...refused].map(([key, reason]) => `${key}: ${reason}`));
  }

  /** Calls the listener whenever one of the above may have changed. */
  onState(listener: () => void): void {
    for (const informer of this.#followed) informer.onState(listener);
  }

  start(): void {
    for (const informer of this.#followed) informer.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#followed.map((informer) => informer.stop()));
  }
}
