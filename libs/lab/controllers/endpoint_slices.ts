// SPDX-License-Identifier: Apache-2.0
import {
  type ApiClient,
  type EndpointSlice,
  EndpointSliceKind,
  Informer,
  KeyQueue,
  type Pod,
  type Service,
  ServiceKind,
} from "@strait/k8s";
import type { Log } from "@strait/obs";
import { slicesOfService } from "./slices_of_service.ts";

const MANAGED_BY = "endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io";

/** The lab's EndpointSlice controller: the slices of every Service with a selector follow its pods. */
export class EndpointSlices {
  readonly #client: ApiClient;
  readonly #pods: Informer<Pod>;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #queue: KeyQueue;

  constructor(client: ApiClient, pods: Informer<Pod>, log: Log) {
    this.#client = client;
    this.#pods = pods;
    this.#services = new Informer(client.resource(ServiceKind), { log });
    this.#slices = new Informer(client.resource(EndpointSliceKind), { labelSelector: MANAGED_BY, log });
    this.#queue = new KeyQueue({ run: (key) => this.#reconcile(key), log });
    this.#pods.store.index("namespace", ({ metadata }) => [metadata.namespace ?? ""]);
    this.#services.store.index("namespace", ({ metadata }) => [metadata.namespace ?? ""]);
    this.#slices.store.index("service", (slice) => [serviceOf(slice)]);
    this.#services.onChange((changes) => this.#add(changes.map(({ object }) => keyOf(object))));
    this.#slices.onChange((changes) => this.#add(changes.map(({ object }) => serviceOf(object))));
    this.#pods.onChange((changes) => {
      const namespaces = new Set(changes.map(({ object }) => object.metadata.namespace ?? ""));
      this.#add([...namespaces].flatMap((namespace) => this.#services.store.by("namespace", namespace).map(keyOf)));
    });
  }

  start(): void {
    for (const informer of [this.#services, this.#slices]) {
      informer.onState(() => this.#add(this.#services.store.list().map(keyOf)));
      informer.start();
    }
  }

  #add(keys: readonly string[]): void {
    for (const key of keys) this.#queue.add(key);
  }

  async #reconcile(key: string): Promise<void> {
    if (![this.#pods, this.#services, this.#slices].every(({ state }) => state.synced)) return;
    const service = this.#services.store.get(key);
    const [namespace = ""] = key.split("/");
    const wanted = service ? slicesOfService(service, this.#pods.store.by("namespace", namespace)) : [];
    const present = this.#slices.store.by("service", key);
    const client = this.#client.resource(EndpointSliceKind);
    for (const slice of wanted) {
      const old = present.find(({ metadata }) => metadata.name === slice.metadata.name);
      if (old === undefined) await client.create(slice);
      else if (said(old) !== said(slice)) {
        await client.replace({ ...slice, metadata: { ...slice.metadata, resourceVersion: old.metadata.resourceVersion } });
      }
    }
    for (const { metadata } of present) {
      if (!wanted.some((slice) => slice.metadata.name === metadata.name)) await client.delete(metadata.name, { namespace });
    }
  }
}

function keyOf({ metadata }: Service): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function serviceOf({ metadata }: EndpointSlice): string {
  return `${metadata.namespace}/${metadata.labels?.["kubernetes.io/service-name"] ?? ""}`;
}

/** What two slices are compared by. */
function said({ endpoints = [], ports = [] }: EndpointSlice): string {
  const endpoint = (endpoints ?? []).map(({ addresses, conditions, nodeName, targetRef }) => [
    addresses,
    conditions?.ready,
    conditions?.serving,
    conditions?.terminating,
    nodeName,
    targetRef?.uid,
  ]);
  return JSON.stringify([endpoint, (ports ?? []).map(({ name, port, protocol }) => [name, port, protocol])]);
}
