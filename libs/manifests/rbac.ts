// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import { MANAGED_BY, NAMES } from "./names.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ["get", "list", "watch"];
/** What informers do. */
const FOLLOW = ["list", "watch"];
const events: Rule = { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] };

/** In the namespace of Strait. tests/kube/real/install_test.ts fails on every request that these rules refuse. */
const namespaced: Readonly<Record<string, readonly Rule[]>> = {
  [NAMES.gateway]: [
    // Its own Cluster and Endpoint, and those of the other clusters, which it brings from the broker.
    { apiGroups: ["submariner.io"], resources: ["clusters", "endpoints"], verbs: [...READ, "create", "update", "delete"] },
    // Its own Gateway by server-side apply, and those of gateways that are gone.
    { apiGroups: ["submariner.io"], resources: ["gateways"], verbs: [...FOLLOW, "create", "patch", "delete"] },
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] },
    // Its own pod carries the label gateway.submariner.io/status.
    { apiGroups: [""], resources: ["pods"], verbs: ["patch"] },
    events,
  ],
  [NAMES.routeagent]: [
    { apiGroups: ["submariner.io"], resources: ["clusters", "endpoints", "gateways"], verbs: FOLLOW },
    { apiGroups: ["submariner.io"], resources: ["routeagents"], verbs: ["create", "patch"] },
  ],
};

/** In the whole cluster: what tells where pods are. */
const clusterWide: readonly Rule[] = [
  { apiGroups: [""], resources: ["nodes", "pods"], verbs: FOLLOW },
  // Which CNI plugin wires the pods: with some, nodes' podCIDRs mean nothing.
  { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["list"] },
  { apiGroups: ["config.openshift.io"], resources: ["networks"], verbs: ["get"] },
];

/** ServiceAccounts of the apps with the least they need. Names are Submariner's; its tests look for Role submariner-gateway. */
export function accounts(namespace: string): Manifest[] {
  return [NAMES.gateway, NAMES.routeagent].flatMap((name) => {
    const metadata = { name, namespace, labels: MANAGED_BY };
    const subjects = [{ kind: "ServiceAccount", name, namespace }];
    const roleRef = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
    const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
    return [
      { apiVersion: "v1", kind: "ServiceAccount", metadata },
      { ...rbac, kind: "Role", metadata, rules: namespaced[name] },
      { ...rbac, kind: "RoleBinding", metadata, roleRef: roleRef("Role"), subjects },
      { ...rbac, kind: "ClusterRole", metadata: { name, labels: MANAGED_BY }, rules: clusterWide },
      { ...rbac, kind: "ClusterRoleBinding", metadata: { name, labels: MANAGED_BY }, roleRef: roleRef("ClusterRole"), subjects },
    ];
  });
}
