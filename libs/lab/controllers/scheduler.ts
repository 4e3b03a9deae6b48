// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, ApiError, type Informer, type Node, type Pod, PodKind } from "@strait/k8s";
import type { Log } from "@strait/obs";
import { misfit, type Placement } from "./node_fit.ts";

/** Where a pod goes, or why nowhere. */
export type Choice = { readonly node: string } | { readonly reason: string };

/**
 * The node for a pod: of those it fits on, the one with the fewest pods, then the first by name.
 *
 * @example
 * chooseNode(pod, nodes, new Map([["w1", 3]])); // { node: "w2" }
 */
export function chooseNode(placement: Placement, nodes: readonly Node[], load: ReadonlyMap<string, number>): Choice {
  const fitting = nodes.filter((node) => misfit(placement, node) === undefined).map(({ metadata }) => metadata.name);
  const [best] = fitting.sort((a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0) || (a < b ? -1 : 1));
  if (best !== undefined) return { node: best };
  const reasons = [...new Set(nodes.map((node) => misfit(placement, node)))].join(", ");
  return { reason: `0/${nodes.length} nodes are available: ${reasons || "there is no node"}.` };
}

/** The lab's kube-scheduler: binds pods that no node has, as soon as they are there. */
export class Scheduler {
  readonly #client: ApiClient;
  readonly #log: Log;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  /** Pods whose binding is under way or done, and the binding has not come back by the watch yet. */
  readonly #assumed = new Map<string, string>();

  constructor(client: ApiClient, informers: { readonly pods: Informer<Pod>; readonly nodes: Informer<Node> }, log: Log) {
    this.#client = client;
    this.#log = log;
    this.#pods = informers.pods;
    this.#nodes = informers.nodes;
    this.#pods.onChange((changes) => {
      for (const { type, object } of changes) {
        if (type === "delete" || object.spec?.nodeName) this.#assumed.delete(object.metadata.uid ?? "");
      }
      this.#look(changes.flatMap((change) => (change.type === "put" ? [change.object] : [])));
    });
    this.#nodes.onChange(() => this.#look(this.#pods.store.list()));
  }

  #look(pods: readonly Pod[]): void {
    if (!this.#nodes.state.synced || !this.#pods.state.synced) return;
    const waiting = pods.filter(
      ({ metadata, spec }) => !spec?.nodeName && !metadata.deletionTimestamp && !this.#assumed.has(metadata.uid ?? ""),
    );
    if (waiting.length === 0) return;
    const load = this.#load();
    for (const pod of waiting) {
      const choice = chooseNode((pod.spec ?? {}) as Placement, this.#nodes.store.list(), load);
      if ("reason" in choice) {
        void this.#explain(pod, choice.reason);
        continue;
      }
      load.set(choice.node, (load.get(choice.node) ?? 0) + 1);
      this.#assumed.set(pod.metadata.uid ?? "", choice.node);
      void this.#bind(pod, choice.node);
    }
  }

  #load(): Map<string, number> {
    const load = new Map<string, number>();
    const add = (node: string) => load.set(node, (load.get(node) ?? 0) + 1);
    for (const { spec } of this.#pods.store.list()) if (spec?.nodeName) add(spec.nodeName);
    for (const node of this.#assumed.values()) add(node);
    return load;
  }

  async #bind({ metadata: { name, namespace, uid } }: Pod, node: string): Promise<void> {
    try {
      await this.#client.request({
        method: "POST",
        path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`,
        body: {
          apiVersion: "v1",
          kind: "Binding",
          metadata: { name, namespace, uid },
          target: { apiVersion: "v1", kind: "Node", name: node },
        },
      });
    } catch (error) {
      this.#assumed.delete(uid ?? "");
      if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return; // gone, or bound by another
      this.#log.warn("pod not bound", { pod: `${namespace}/${name}`, reason: error instanceof Error ? error.message : error });
      setTimeout(() => this.#look(this.#pods.store.list()), 500);
    }
  }

  /** Says in the pod's status why it waits, once. */
  async #explain(pod: Pod, message: string): Promise<void> {
    const present = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
    if (present?.message === message) return;
    const { name, namespace } = pod.metadata;
    const lastTransitionTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message, lastTransitionTime };
    const body = { status: { phase: "Pending", conditions: [condition] } };
    await this.#client
      .resource(PodKind)
      .patch(name, body, { type: "merge", namespace, subresource: "status" })
      .catch((error) => this.#log.warn("status not written", { pod: `${namespace}/${name}`, reason: error.message }));
  }
}
