// SPDX-License-Identifier: Apache-2.0
import {
  type ApiClient,
  ApiError,
  type DaemonSet,
  DaemonSetKind,
  Informer,
  KeyQueue,
  type Node,
  type Pod,
  PodKind,
} from "@strait/k8s";
import type { Log } from "@strait/obs";
import { daemonPods } from "./daemon_pods.ts";

/** The lab's DaemonSet controller. */
export class DaemonSets {
  readonly #client: ApiClient;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #sets: Informer<DaemonSet>;
  readonly #queue: KeyQueue;

  constructor(client: ApiClient, informers: { readonly pods: Informer<Pod>; readonly nodes: Informer<Node> }, log: Log) {
    this.#client = client;
    this.#pods = informers.pods;
    this.#nodes = informers.nodes;
    this.#sets = new Informer(client.resource(DaemonSetKind), { log });
    this.#queue = new KeyQueue({ run: (key) => this.#reconcile(key), log });
    this.#pods.store.index("daemonset", (pod) => ownerOf(pod));
    this.#sets.onChange((changes) => {
      for (const { object } of changes) this.#queue.add(`${object.metadata.namespace}/${object.metadata.name}`);
    });
    this.#nodes.onChange(() => this.#all());
    this.#pods.onChange((changes) => {
      for (const { object } of changes) for (const uid of ownerOf(object)) this.#addByUid(uid);
    });
  }

  start(): void {
    this.#sets.onState(() => this.#all());
    this.#sets.start();
  }

  #all(): void {
    for (const { metadata } of this.#sets.store.list()) this.#queue.add(`${metadata.namespace}/${metadata.name}`);
  }

  #addByUid(uid: string): void {
    const set = this.#sets.store.list().find(({ metadata }) => metadata.uid === uid);
    if (set) this.#queue.add(`${set.metadata.namespace}/${set.metadata.name}`);
  }

  async #reconcile(key: string): Promise<void> {
    if (![this.#pods, this.#nodes, this.#sets].every(({ state }) => state.synced)) return;
    const set = this.#sets.store.get(key);
    if (set === undefined || set.metadata.deletionTimestamp) return; // its pods go with it: garbage collection
    const { name, namespace, uid = "" } = set.metadata;
    const plan = daemonPods(set, this.#nodes.store.list(), this.#pods.store.by("daemonset", uid));
    const pods = this.#client.resource(PodKind);
    for (const pod of plan.create) {
      await pods.create(pod).catch((error) => {
        if (!(error instanceof ApiError && error.reason === "AlreadyExists")) throw error; // made, and not seen yet; or going
      });
    }
    for (const { metadata } of plan.remove) {
      const gone = !this.#nodes.store.get(this.#pods.store.get(`${metadata.namespace}/${metadata.name}`)?.spec?.nodeName ?? "");
      await this.#remove(metadata.name, metadata.namespace ?? "", gone);
    }
    const present = set.status as Readonly<Record<string, unknown>> | undefined;
    if (Object.entries(plan.status).some(([field, value]) => present?.[field] !== value)) {
      const body = { status: plan.status };
      await this.#client.resource(DaemonSetKind).patch(name, body, { type: "merge", namespace, subresource: "status" });
    }
  }

  /** A pod whose node is gone has nobody who would say that it has ended. */
  async #remove(name: string, namespace: string, nodeGone: boolean): Promise<void> {
    try {
      await this.#client.request({
        method: "DELETE",
        path: `/api/v1/namespaces/${namespace}/pods/${name}`,
        body: { apiVersion: "v1", kind: "DeleteOptions", ...(nodeGone ? { gracePeriodSeconds: 0 } : {}) },
      });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }
}

function ownerOf({ metadata }: Pod): string[] {
  return (metadata.ownerReferences ?? []).filter(({ kind }) => kind === "DaemonSet").map(({ uid }) => uid);
}
