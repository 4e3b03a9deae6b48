// SPDX-License-Identifier: Apache-2.0
import type { DaemonSet, Node, Pod } from "@strait/k8s";
import { misfit, type Placement } from "./node_fit.ts";

/** Label of the template a pod was made from. */
const REVISION = "controller-revision-hash";

/** Taints that pods of DaemonSets tolerate by themselves. */
const TOLERATED = ["not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"];

/** What is to be done for a DaemonSet now, and the numbers of its status. */
export interface DaemonPlan {
  readonly create: readonly Pod[];
  readonly remove: readonly Pod[];
  readonly status: Readonly<Record<string, number>>;
}

/**
 * One pod on every node that fits: what to create and to remove. Pods of an older template are renewed one node at a time, the
 * next only when all run. A pod's name follows from its node and template, so that none is made twice.
 *
 * @param pods those the DaemonSet owns
 */
export function daemonPods(set: DaemonSet, nodes: readonly Node[], pods: readonly Pod[]): DaemonPlan {
  const revision = revisionOf(set);
  const template = (set.spec?.template.spec ?? {}) as Placement;
  const own = TOLERATED.map((name) => ({ key: `node.kubernetes.io/${name}`, operator: "Exists" }));
  const placement = { ...template, tolerations: [...(template.tolerations ?? []), ...own] };
  const wanted = nodes.filter((node) => misfit(placement, node) === undefined);
  const names = new Set(wanted.map(({ metadata }) => metadata.name));
  const misplaced = pods.filter((pod) => !names.has(pod.spec?.nodeName ?? ""));
  const ended = pods.filter(({ status }) => status?.phase === "Failed" || status?.phase === "Succeeded");
  const placed = pods.filter((pod) => !misplaced.includes(pod) && !ended.includes(pod));
  const create = wanted
    .filter(({ metadata }) => !placed.some(({ spec }) => spec?.nodeName === metadata.name))
    .map(({ metadata }) => podFor(set, revision, metadata.name));
  const ready = placed.filter(isReady);
  const old = placed.filter(({ metadata }) => metadata.labels?.[REVISION] !== revision);
  const settled = create.length === 0 && placed.every(({ metadata }) => !metadata.deletionTimestamp);
  const unwell = old.filter((pod) => !isReady(pod));
  const next = settled && ready.length === placed.length ? old.slice(0, 1) : [];
  const remove = [...misplaced, ...ended, ...(settled ? unwell : []), ...next].filter(
    ({ metadata }) => !metadata.deletionTimestamp,
  );
  return {
    create,
    remove,
    status: {
      desiredNumberScheduled: wanted.length,
      currentNumberScheduled: placed.length,
      updatedNumberScheduled: placed.length - old.length,
      numberMisscheduled: misplaced.length,
      numberReady: ready.length,
      numberAvailable: ready.length,
      numberUnavailable: wanted.length - ready.length,
      observedGeneration: set.metadata.generation ?? 0,
    },
  };
}

/** Names a pod template: the same text for the same one. */
export function revisionOf(set: DaemonSet): string {
  return short(JSON.stringify(set.spec?.template ?? {}));
}

function podFor(set: DaemonSet, revision: string, nodeName: string): Pod {
  const { name, namespace, uid = "" } = set.metadata;
  const template = set.spec?.template;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-${short(`${uid}/${revision}/${nodeName}`)}`,
      namespace,
      labels: { ...template?.metadata?.labels, [REVISION]: revision },
      annotations: { ...template?.metadata?.annotations },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "DaemonSet", name, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: { ...template?.spec, nodeName },
  };
}

function isReady({ status, metadata }: Pod): boolean {
  return (
    !metadata.deletionTimestamp &&
    (status?.conditions?.some(({ type, status: yes }) => type === "Ready" && yes === "True") ?? false)
  );
}

function short(text: string): string {
  return Bun.hash(text).toString(36).slice(0, 6).padStart(6, "0");
}
