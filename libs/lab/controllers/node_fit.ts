// SPDX-License-Identifier: Apache-2.0
import type { Node } from "@strait/k8s";

/** What of a pod's spec says where it may run. */
export interface Placement {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms: readonly Term[] };
    };
  };
  readonly tolerations?: readonly Toleration[];
}

interface Term {
  readonly matchExpressions?: readonly Requirement[];
  readonly matchFields?: readonly Requirement[];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/**
 * Why a pod may not run on a node, in the words of kube-scheduler; undefined where it may. Knows node selectors, required node
 * affinity and taints; everything fits.
 *
 * @example
 * misfit({ nodeSelector: { disk: "ssd" } }, node); // "node(s) didn't match Pod's node affinity/selector"
 */
export function misfit(placement: Placement, node: Node): string | undefined {
  const labels = node.metadata.labels ?? {};
  const selected = Object.entries(placement.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const terms = placement.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const wanted = terms === undefined || terms.some((term) => matches(term, node));
  if (!selected || !wanted) return "node(s) didn't match Pod's node affinity/selector";
  const taints = [...(node.spec?.taints ?? [])].filter(({ effect }) => effect !== "PreferNoSchedule");
  const untolerated = taints.find((taint) => !placement.tolerations?.some((toleration) => tolerates(toleration, taint)));
  if (untolerated) return `node(s) had untolerated taint {${untolerated.key}: ${untolerated.value ?? ""}}`;
  const cordoned = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
  if (node.spec?.unschedulable && !placement.tolerations?.some((toleration) => tolerates(toleration, cordoned))) {
    return "node(s) were unschedulable";
  }
  return undefined;
}

function matches({ matchExpressions = [], matchFields = [] }: Term, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  return (
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => holds(requirement, requirement.key === "metadata.name" ? node.metadata.name : undefined))
  );
}

function holds({ operator, values = [] }: Requirement, found: string | undefined): boolean {
  if (operator === "Exists") return found !== undefined;
  if (operator === "DoesNotExist") return found === undefined;
  if (operator === "NotIn") return found === undefined || !values.includes(found);
  if (operator === "In") return found !== undefined && values.includes(found);
  return false;
}

function tolerates(
  { key, operator = "Equal", value = "", effect }: Toleration,
  taint: { readonly key: string; readonly value?: string | undefined; readonly effect: string },
): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  return operator === "Exists" || (key !== undefined && value === (taint.value ?? ""));
}
