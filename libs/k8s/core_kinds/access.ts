// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind } from "../kind.ts";
import { optional } from "../kube_object.ts";
import { head, text, texts } from "./common.ts";

const RBAC = { group: "rbac.authorization.k8s.io", version: "v1" } as const;

const serviceAccount = v.looseObject({
  ...head,
  secrets: optional(v.array(v.looseObject({ name: optional(text) }))),
});

/** An account that pods and clusters act as. */
export type ServiceAccount = v.InferOutput<typeof serviceAccount>;
export const ServiceAccountKind = defineKind(
  { group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts", scope: "Namespaced" },
  serviceAccount,
);

const rules = optional(
  v.array(
    v.looseObject({
      verbs: texts,
      apiGroups: optional(texts),
      resources: optional(texts),
      resourceNames: optional(texts),
      nonResourceURLs: optional(texts),
    }),
  ),
);
const role = v.looseObject({ ...head, rules });

/** What may be done in a namespace. */
export type Role = v.InferOutput<typeof role>;
export const RoleKind = defineKind({ ...RBAC, kind: "Role", plural: "roles", scope: "Namespaced" }, role);

/** What may be done everywhere. */
export type ClusterRole = v.InferOutput<typeof role>;
export const ClusterRoleKind = defineKind({ ...RBAC, kind: "ClusterRole", plural: "clusterroles", scope: "Cluster" }, role);

const binding = v.looseObject({
  ...head,
  roleRef: v.looseObject({ apiGroup: text, kind: text, name: text }),
  subjects: optional(v.array(v.looseObject({ kind: text, name: text, namespace: optional(text), apiGroup: optional(text) }))),
});

/** Who may do it in a namespace. */
export type RoleBinding = v.InferOutput<typeof binding>;
export const RoleBindingKind = defineKind({ ...RBAC, kind: "RoleBinding", plural: "rolebindings", scope: "Namespaced" }, binding);

/** Who may do it everywhere. */
export type ClusterRoleBinding = v.InferOutput<typeof binding>;
export const ClusterRoleBindingKind = defineKind(
  { ...RBAC, kind: "ClusterRoleBinding", plural: "clusterrolebindings", scope: "Cluster" },
  binding,
);
