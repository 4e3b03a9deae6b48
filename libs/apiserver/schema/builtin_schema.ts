// SPDX-License-Identifier: Apache-2.0
import { coreTypes } from "./core_types.ts";
import { groupTypes } from "./group_types.ts";
import { type Definitions, type GroupVersionKind, type JsonSchema, type RootedSchema, refPrefix } from "./json_schema.ts";
import { readTypes } from "./read_types.ts";

const packages: Readonly<Record<string, string>> = {
  "io.k8s.api.core.v1": "",
  "io.k8s.api.apps.v1": "apps",
  "io.k8s.api.rbac.v1": "rbac.authorization.k8s.io",
  "io.k8s.api.coordination.v1": "coordination.k8s.io",
  "io.k8s.api.discovery.v1": "discovery.k8s.io",
  "io.k8s.api.events.v1": "events.k8s.io",
  "io.k8s.api.networking.v1": "networking.k8s.io",
  "io.k8s.api.scheduling.v1": "scheduling.k8s.io",
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1": "apiextensions.k8s.io",
};

/** The kinds of the table that are objects by themselves; the others are parts. All are of version v1. */
const kinds = [
  "Pod Node Namespace Service ServiceAccount Secret ConfigMap Endpoints Event Deployment DaemonSet ReplicaSet Role ClusterRole",
  "RoleBinding ClusterRoleBinding Lease EndpointSlice ServiceCIDR PriorityClass CustomResourceDefinition",
]
  .join(" ")
  .split(" ");

export const objectMeta = `${refPrefix}io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`;

function read(): { definitions: Definitions; byKind: ReadonlyMap<string, RootedSchema> } {
  const definitions: Record<string, JsonSchema> = readTypes(coreTypes + groupTypes);
  const byKind = new Map<string, RootedSchema>();
  for (const [name, schema] of Object.entries(definitions)) {
    const at = name.lastIndexOf(".");
    const group = packages[name.slice(0, at)];
    const kind = name.slice(at + 1);
    if (group === undefined || !kinds.includes(kind)) continue;
    schema.properties = {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { $ref: objectMeta },
      ...schema.properties,
    };
    schema["x-kubernetes-group-version-kind"] = [{ group, version: "v1", kind }];
    byKind.set(`${group}/v1/${kind}`, { schema, definitions });
  }
  return { definitions, byKind };
}

const table = read();

/** The schemas of all built-in types, by the names that Kubernetes gives them. */
export const builtinDefinitions: Definitions = table.definitions;

/**
 * What a built-in kind is made of and how its lists merge; undefined for a kind that is not built in.
 *
 * @example builtinSchema({ group: "", version: "v1", kind: "Pod" })
 */
export function builtinSchema({ group, version, kind }: GroupVersionKind): RootedSchema | undefined {
  return table.byKind.get(`${group}/${version}/${kind}`);
}

/** The built-in kinds. */
export function builtinKinds(): readonly GroupVersionKind[] {
  return [...table.byKind.values()].flatMap(({ schema }) => schema["x-kubernetes-group-version-kind"] ?? []);
}
