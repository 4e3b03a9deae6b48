// SPDX-License-Identifier: Apache-2.0
import { printPath, type Step } from "./field_set.ts";
import type { Manager } from "./managed_fields.ts";

/** A field that another manager owns and an apply would change. */
export interface Conflict {
  readonly manager: Manager;
  readonly path: readonly Step[];
}

/** The manager as messages name it. Example: `"kubectl" with subresource "status" using v1`. */
export function printManager({ manager, operation, apiVersion, subresource }: Manager): string {
  const name =
    subresource === "" ? JSON.stringify(manager) : `${JSON.stringify(manager)} with subresource ${JSON.stringify(subresource)}`;
  return operation === "Update" ? `${name} using ${apiVersion}` : name;
}

/** The sentence of a refused apply, as Kubernetes words it. */
export function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1)
    return `Apply failed with 1 conflict: conflict with ${printManager(first.manager)}: ${printPath(first.path)}`;
  const byManager = Map.groupBy(conflicts, ({ manager }) => printManager(manager));
  const lines = [...byManager.keys()]
    .sort()
    .flatMap((name) => [`conflicts with ${name}:`, ...(byManager.get(name) ?? []).map(({ path }) => `- ${printPath(path)}`)]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}
