// SPDX-License-Identifier: Apache-2.0
import { DaemonSetKind, NamespaceKind, NodeKind, type Pod, PodKind, type Service, ServiceKind } from "@strait/k8s";
import { MANAGED_BY, NAMES } from "@strait/manifests";
import type { Cluster } from "../connect.ts";
import { Failure } from "../failure.ts";
import { type NettestResult, parseResult } from "../nettest/protocol.ts";
import { apply, remove } from "../objects.ts";
import { whyNot } from "../rollout.ts";
import { waitUntil } from "../wait_until.ts";
import type { Where } from "./checks.ts";
import { type TestPodParts, testPod, testService } from "./pods.ts";

/** One of the two clusters of a verification, with a namespace of its own for the test. */
export class Side {
  readonly cluster: Cluster;
  /** The namespace that the test makes and removes. */
  readonly namespace: string;
  readonly #signal: AbortSignal;
  #nodes: Readonly<Record<Where, readonly string[]>> = { gateway: [], "non-gateway": [] };
  #image = "";

  constructor(cluster: Cluster, namespace: string, signal: AbortSignal) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.#signal = signal;
  }

  /** Finds nodes and image and makes the namespace. @throws Failure where Strait does not run here */
  async prepare(straitNamespace: string): Promise<void> {
    const { client, name } = this.cluster;
    const set = await client.resource(DaemonSetKind).get(NAMES.routeagent, { namespace: straitNamespace });
    const image = set?.spec?.template?.spec?.containers?.[0]?.image;
    if (image === undefined) throw new Failure(`Strait does not run in cluster "${name}": join it first`);
    this.#image = image;
    const { items } = await client.resource(NodeKind).list();
    const names = (gateway: boolean): string[] =>
      items
        .filter((node) => (node.metadata.labels?.[NAMES.gatewayLabel] === "true") === gateway)
        .map((node) => node.metadata.name)
        .sort();
    this.#nodes = { gateway: names(true), "non-gateway": names(false) };
    const labels = { ...MANAGED_BY, "pod-security.kubernetes.io/enforce": "privileged" };
    await apply(client, { apiVersion: "v1", kind: "Namespace", metadata: { name: this.namespace, labels } }, this.#signal);
  }

  /** A node of that kind; undefined where the cluster has none. */
  node(where: Where): string | undefined {
    return this.#nodes[where][0];
  }

  /** Starts one side of a check. */
  async start(parts: Omit<TestPodParts, "namespace" | "image">): Promise<void> {
    const pod = testPod({ ...parts, namespace: this.namespace, image: this.#image });
    await apply(this.cluster.client, pod, this.#signal);
  }

  /** The pod, once it runs and has its addresses. */
  async running(name: string, timeoutMs: number): Promise<Pod> {
    return this.#pod(
      name,
      timeoutMs,
      "does not run",
      (pod) => pod.status?.phase !== "Pending" && (pod.status?.podIPs?.length ?? 0) > 0,
    );
  }

  /** What a pod left behind, once it has ended. */
  async result(name: string, timeoutMs: number): Promise<NettestResult> {
    const ended = (pod: Pod): boolean => pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
    const pod = await this.#pod(name, timeoutMs, "does not end", ended);
    const parsed = parseResult(pod.status?.containerStatuses?.[0]?.state?.terminated?.message ?? "");
    if (!parsed.ok) throw new Failure(`${whyNot(pod)}: ${parsed.reason}`);
    return parsed.value;
  }

  /** Makes a Service in front of a listener and gives its addresses. */
  async service(name: string): Promise<readonly string[]> {
    const { client } = this.cluster;
    await apply(client, testService(name, this.namespace), this.#signal);
    const found: Service | undefined = await client.resource(ServiceKind).get(name, { namespace: this.namespace });
    return found?.spec?.clusterIPs ?? [];
  }

  /** Removes what a check made, so that its port and names are free. */
  async forget(name: string): Promise<void> {
    const metadata = { name, namespace: this.namespace };
    await remove(this.cluster.client, { apiVersion: "v1", kind: "Pod", metadata });
    await remove(this.cluster.client, { apiVersion: "v1", kind: "Service", metadata });
  }

  /** Removes the namespace with everything in it. */
  async clean(): Promise<void> {
    const { client } = this.cluster;
    await remove(client, { apiVersion: "v1", kind: "Namespace", metadata: { name: this.namespace } });
    const namespaces = client.resource(NamespaceKind);
    const gone = async (): Promise<true | undefined> => ((await namespaces.get(this.namespace)) ? undefined : true);
    await waitUntil(gone, { timeoutMs: 60_000, signal: AbortSignal.timeout(60_000) });
  }

  async #pod(name: string, timeoutMs: number, complaint: string, done: (pod: Pod) => boolean): Promise<Pod> {
    const pods = this.cluster.client.resource(PodKind);
    let last: Pod | undefined;
    const found = await waitUntil(
      async () => {
        last = await pods.get(name, { namespace: this.namespace, signal: this.#signal });
        return last && done(last) ? last : undefined;
      },
      { timeoutMs, signal: this.#signal },
    );
    if (found) return found;
    const why = last ? whyNot(last) : "it is not there";
    throw new Failure(`pod ${name} in cluster "${this.cluster.name}" ${complaint} after ${timeoutMs / 1000} s: ${why}`);
  }
}
