// SPDX-License-Identifier: Apache-2.0

/** A Kubernetes object as it is sent: for manifests, which are written and never read. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [member: string]: unknown;
}

/** Names on a broker: Submariner's (reference §1.5). */
export const BROKER = {
  namespace: "submariner-k8s-broker",
  admin: "submariner-k8s-broker-admin",
  memberRole: "submariner-k8s-broker-cluster",
  psk: "submariner-ipsec-psk",
  object: "submariner-broker",
  globalnetInfo: "submariner-globalnet-info",
  clustersetIpInfo: "submariner-clustersetip-info",
} as const;

const RBAC = "rbac.authorization.k8s.io";
const labels = { "app.kubernetes.io/managed-by": "strait" };
const ALL = ["create", "get", "list", "watch", "patch", "update", "delete"];

/** The account of a member: `cluster-<id>`. Example: `memberAccount("east")` is "cluster-east". */
export function memberAccount(clusterId: string): string {
  return `cluster-${clusterId}`;
}

function account(name: string, namespace: string): Manifest[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: tokenSecret(name), namespace, labels, annotations: { "kubernetes.io/service-account.name": name } },
      type: "kubernetes.io/service-account-token",
    },
  ];
}

/** The Secret in which the broker's API server leaves an account's token. */
export function tokenSecret(account: string): string {
  return `${account}-token`;
}

function binding(name: string, namespace: string, role: string, account: string): Manifest {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: "RoleBinding",
    metadata: { name, namespace, labels },
    roleRef: { apiGroup: RBAC, kind: "Role", name: role },
    subjects: [{ kind: "ServiceAccount", name: account, namespace }],
  };
}

/** What makes a namespace of a Kubernetes API server a broker: the namespace, the account that may join clusters, the members' role. */
export function brokerObjects(namespace: string = BROKER.namespace): readonly Manifest[] {
  const exchanged = [
    { apiGroups: ["submariner.io"], resources: ["clusters", "endpoints"], verbs: ALL },
    { apiGroups: ["multicluster.x-k8s.io"], resources: ["serviceimports", "serviceimports/status"], verbs: ALL },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices", "endpointslices/restricted"], verbs: ALL },
    { apiGroups: ["submariner.io"], resources: ["brokers"], verbs: ["get", "list"] },
  ];
  const joins = [
    { apiGroups: ["submariner.io"], resources: ["clusters", "endpoints"], verbs: ["get", "list"] },
    { apiGroups: ["submariner.io"], resources: ["brokers"], verbs: ["get", "list"] },
    { apiGroups: [""], resources: ["serviceaccounts", "secrets"], verbs: ["get", "list", "create", "update", "patch", "delete"] },
    { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "create", "update", "patch"] },
    { apiGroups: [RBAC], resources: ["rolebindings"], verbs: ["get", "list", "create", "update", "patch", "delete"] },
    // Lets the account hand out the members' role without having its rights.
    { apiGroups: [RBAC], resources: ["roles"], resourceNames: [BROKER.memberRole], verbs: ["get", "bind"] },
  ];
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "Role",
      metadata: { name: BROKER.memberRole, namespace, labels },
      rules: exchanged,
    },
    { apiVersion: `${RBAC}/v1`, kind: "Role", metadata: { name: BROKER.admin, namespace, labels }, rules: joins },
    ...account(BROKER.admin, namespace),
    binding(BROKER.admin, namespace, BROKER.admin, BROKER.admin),
  ];
}

/** What one member needs on the broker: an account, its token, the members' role. */
export function memberObjects(clusterId: string, namespace: string = BROKER.namespace): readonly Manifest[] {
  const name = memberAccount(clusterId);
  return [...account(name, namespace), binding(`${name}-${BROKER.memberRole}`, namespace, BROKER.memberRole, name)];
}
