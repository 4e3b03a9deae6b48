// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from "../patch/mod.ts";

/** An object to create at the first start. */
export interface Bootstrapped {
  readonly storage: string;
  readonly namespace: string;
  readonly name: string;
  readonly body: JsonObject;
}

const GROUP = "rbac.authorization.k8s.io";
const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];
const META = { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } };
const AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-";

function role(name: string, rules: JsonObject[], labels: Record<string, string> = {}): Bootstrapped {
  const metadata = { labels: { ...META.labels, ...labels } };
  return { storage: `clusterroles.${GROUP}`, namespace: "", name, body: { metadata, rules } };
}

function aggregate(name: string): Bootstrapped {
  const body = {
    metadata: META,
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`${AGGREGATE}${name}`]: "true" } }] },
    rules: [],
  };
  return { storage: `clusterroles.${GROUP}`, namespace: "", name, body };
}

function binding(name: string, groups: readonly string[]): Bootstrapped {
  const subjects = groups.map((group) => ({ kind: "Group", apiGroup: GROUP, name: group }));
  const body = { metadata: META, roleRef: { apiGroup: GROUP, kind: "ClusterRole", name }, subjects };
  return { storage: `clusterrolebindings.${GROUP}`, namespace: "", name, body };
}

function rule(apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): JsonObject {
  return { apiGroups: [...apiGroups], resources: [...resources], verbs: [...verbs] };
}

const CORE = ["configmaps", "endpoints", "events", "pods", "pods/status", "serviceaccounts", "services", "services/status"];
const APPS = ["daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale"];
const HEALTH = ["/healthz", "/livez", "/readyz", "/version", "/version/"];

/** The roles and bindings that upstream has from the start and that mean something here. */
export function bootstrapRoles(): Bootstrapped[] {
  const discovery = [
    "/api",
    "/api/*",
    "/apis",
    "/apis/*",
    "/healthz",
    "/livez",
    "/openapi",
    "/openapi/*",
    "/readyz",
    "/version",
    "/version/",
  ];
  return [
    role("cluster-admin", [rule(["*"], ["*"], ["*"]), { nonResourceURLs: ["*"], verbs: ["*"] }]),
    role("system:discovery", [{ nonResourceURLs: discovery, verbs: ["get"] }]),
    role("system:public-info-viewer", [{ nonResourceURLs: HEALTH, verbs: ["get"] }]),
    role("system:basic-user", [
      rule(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"]),
      rule(["authentication.k8s.io"], ["selfsubjectreviews"], ["create"]),
    ]),
    role("system:auth-delegator", [
      rule(["authentication.k8s.io"], ["tokenreviews"], ["create"]),
      rule(["authorization.k8s.io"], ["subjectaccessreviews"], ["create"]),
    ]),
    aggregate("admin"),
    aggregate("edit"),
    aggregate("view"),
    role(
      "system:aggregate-to-admin",
      [
        rule(["authorization.k8s.io"], ["localsubjectaccessreviews"], ["create"]),
        rule([GROUP], ["rolebindings", "roles"], [...READ, ...WRITE]),
      ],
      { [`${AGGREGATE}admin`]: "true" },
    ),
    role(
      "system:aggregate-to-edit",
      [
        rule([""], ["secrets"], READ),
        rule([""], ["serviceaccounts"], ["impersonate"]),
        rule([""], [...CORE.filter((one) => !one.endsWith("/status") && one !== "events"), "secrets"], WRITE),
        rule([""], ["pods/eviction", "serviceaccounts/token"], ["create"]),
        rule(["apps"], APPS, WRITE),
        rule(["coordination.k8s.io"], ["leases"], [...READ, ...WRITE]),
      ],
      { [`${AGGREGATE}edit`]: "true", [`${AGGREGATE}admin`]: "true" },
    ),
    role(
      "system:aggregate-to-view",
      [
        rule([""], [...CORE, "namespaces", "pods/log"], READ),
        rule(["apps"], APPS, READ),
        rule(["discovery.k8s.io"], ["endpointslices"], READ),
      ],
      { [`${AGGREGATE}view`]: "true", [`${AGGREGATE}edit`]: "true", [`${AGGREGATE}admin`]: "true" },
    ),
    binding("cluster-admin", ["system:masters"]),
    binding("system:discovery", ["system:authenticated"]),
    binding("system:basic-user", ["system:authenticated"]),
    binding("system:public-info-viewer", ["system:authenticated", "system:unauthenticated"]),
  ];
}
