// SPDX-License-Identifier: Apache-2.0
import { StructuralSchema } from "../schema/structural_schema.ts";
import type { ResourceType } from "./resource_type.ts";

/** What differs from a plain kind. Marks: `c` cluster-wide, `s` status, `S` scale, `g` generation, `r` a DELETE returns the object, `u` a PUT may create, `x` a PUT needs a resourceVersion, `b` served by the broker profile too. */
type Row = readonly [
  kind: string,
  plural: string,
  marks: string,
  shortNames?: string,
  more?: { sub?: string; categories?: string; storage?: string },
];

const table: Readonly<Record<string, readonly Row[]>> = {
  v1: [
    ["Namespace", "namespaces", "csb", "ns", { sub: "finalize" }],
    ["Node", "nodes", "cs", "no"],
    ["Pod", "pods", "sr", "po", { sub: "binding eviction log", categories: "all" }],
    ["Service", "services", "sru", "svc", { categories: "all" }],
    ["Endpoints", "endpoints", "ub", "ep"],
    ["Secret", "secrets", "b"],
    ["ConfigMap", "configmaps", "b", "cm"],
    ["ServiceAccount", "serviceaccounts", "rb", "sa", { sub: "token" }],
    ["Event", "events", "ub", "ev"],
  ],
  "apps/v1": [
    ["Deployment", "deployments", "sSg", "deploy", { categories: "all" }],
    ["DaemonSet", "daemonsets", "sg", "ds", { categories: "all" }],
    ["ReplicaSet", "replicasets", "sSg", "rs", { categories: "all" }],
  ],
  "discovery.k8s.io/v1": [["EndpointSlice", "endpointslices", "gb"]],
  "coordination.k8s.io/v1": [["Lease", "leases", "uxb"]],
  "events.k8s.io/v1": [["Event", "events", "ub", "ev", { storage: "events" }]],
  "networking.k8s.io/v1": [["ServiceCIDR", "servicecidrs", "cs"]],
  "rbac.authorization.k8s.io/v1": [
    ["Role", "roles", "ub"],
    ["RoleBinding", "rolebindings", "ub"],
    ["ClusterRole", "clusterroles", "cub"],
    ["ClusterRoleBinding", "clusterrolebindings", "cub"],
  ],
  "scheduling.k8s.io/v1": [["PriorityClass", "priorityclasses", "cg", "pc"]],
  "apiextensions.k8s.io/v1": [
    ["CustomResourceDefinition", "customresourcedefinitions", "csgxb", "crd crds", { categories: "api-extensions" }],
  ],
};

/** Where the scale subresource of the built-in kinds finds its numbers. */
const SCALE = {
  specReplicasPath: ".spec.replicas",
  statusReplicasPath: ".status.replicas",
  labelSelectorPath: ".status.selector",
};

function words(text = ""): string[] {
  return text.split(" ").filter(Boolean);
}

function typeOf(apiVersion: string, [kind, plural, marks, shortNames, more = {}]: Row): ResourceType {
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  const has = (mark: string) => marks.includes(mark);
  return {
    group,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: kind.toLowerCase(),
    shortNames: words(shortNames),
    categories: words(more.categories),
    namespaced: !has("c"),
    versions: [
      {
        name: version,
        status: has("s"),
        schema: StructuralSchema.ofBuiltin({ group, version, kind }),
        ...(has("S") && { scale: SCALE }),
      },
    ],
    storageVersion: version,
    storage: more.storage ?? (group ? `${plural}.${group}` : plural),
    subresources: words(more.sub),
    builtIn: true,
    generation: has("g"),
    unconditionalUpdate: !has("x"),
    createOnUpdate: has("u"),
    returnsDeleted: has("r"),
  };
}

/**
 * The kinds that are there without a CustomResourceDefinition.
 *
 * @param profile "broker": only what an exchange of objects needs; no nodes, pods or workloads.
 */
export function builtInTypes(profile: "cluster" | "broker"): ResourceType[] {
  return Object.entries(table).flatMap(([apiVersion, rows]) =>
    rows.filter(([, , marks]) => profile === "cluster" || marks.includes("b")).map((row) => typeOf(apiVersion, row)),
  );
}
