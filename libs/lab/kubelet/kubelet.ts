// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type ApiClient, type Change, Informer, type Pod, PodKind } from "@strait/k8s";
import type { Log } from "@strait/obs";
import type { KubeletConfig } from "./kubelet_config.ts";
import { makeNodeRoot } from "./node_root.ts";
import { ObjectWatches } from "./object_watches.ts";
import { PodTokens } from "./pod_tokens.ts";
import type { KubeletPod } from "./pod_types.ts";
import { PodWorker } from "./pod_worker.ts";
import { registerNode } from "./register_node.ts";
import { StatusWriter } from "./status_writer.ts";

/** Milliseconds between looks at processes whose shim may have been killed: its end is not told otherwise. */
const LOOK_AGAIN = 2000;

/**
 * Runs the pods that are bound to one node. Follows them through the API; what runs outlives it, and a new one takes it over
 * from the node's folder, API server or not.
 *
 * @example
 * const kubelet = new Kubelet(client, config, log);
 * await kubelet.start(signal);
 */
export class Kubelet {
  readonly #client: ApiClient;
  readonly #config: KubeletConfig;
  readonly #log: Log;
  readonly #objects: ObjectWatches;
  readonly #workers = new Map<string, PodWorker>();
  readonly #pods: Informer<Pod>;

  constructor(client: ApiClient, config: KubeletConfig, log: Log) {
    this.#client = client;
    this.#config = config;
    this.#log = log;
    this.#objects = new ObjectWatches(client, client.connection.tls.ca ?? "");
    this.#pods = new Informer(client.resource(PodKind), { fieldSelector: `spec.nodeName=${config.node}`, log });
  }

  /** Takes over what runs, registers the node and follows its pods until the signal ends it. */
  async start(signal: AbortSignal): Promise<void> {
    await makeNodeRoot(`${this.#config.dir}/root`);
    for (const pod of this.#kept()) this.#worker(pod).kick();
    const timer = setInterval(() => this.#kick(), LOOK_AGAIN);
    this.#pods.onChange((changes) => this.#take(changes));
    this.#pods.start();
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      for (const worker of this.#workers.values()) worker.close();
    });
    await registerNode(this.#client, this.#config, this.#log, signal);
    await this.#pods.synced(signal);
    // What was deleted while no stand-in ran is in no change.
    const there = new Set(this.#pods.store.list().map(({ metadata }) => metadata.uid));
    for (const [uid, worker] of this.#workers) if (!there.has(uid)) worker.update(undefined);
  }

  /** A deleted pod and a new one of its name come as one change where nobody saw the time between. */
  #take(changes: readonly Change<Pod>[]): void {
    for (const change of changes) {
      const { uid = "" } = change.object.metadata;
      if (change.type === "delete") this.#workers.get(uid)?.update(undefined);
      else {
        if (change.old && change.old.metadata.uid !== uid) this.#workers.get(change.old.metadata.uid ?? "")?.update(undefined);
        // The API server has checked what a pod must have; the kind's decoder keeps all members.
        const pod = change.object as unknown as KubeletPod;
        const known = this.#workers.get(uid);
        if (known) known.update(pod);
        else this.#worker(pod).kick();
      }
    }
  }

  #worker(pod: KubeletPod): PodWorker {
    const { uid } = pod.metadata;
    const worker = new PodWorker(pod, {
      config: this.#config,
      objects: this.#objects,
      tokens: new PodTokens(this.#client, pod),
      writer: new StatusWriter(this.#client),
      log: this.#log,
    });
    this.#workers.set(uid, worker);
    worker.done.then(() => this.#workers.delete(uid));
    return worker;
  }

  #kick(): void {
    for (const worker of this.#workers.values()) worker.kick();
  }

  /** The pods an earlier stand-in had. */
  #kept(): KubeletPod[] {
    const dir = `${this.#config.dir}/pods`;
    if (!existsSync(dir)) return [];
    return readdirSync(dir)
      .map((uid) => `${dir}/${uid}/pod.json`)
      .filter(existsSync)
      .map((file) => JSON.parse(readFileSync(file, "utf8")) as KubeletPod);
  }
}
