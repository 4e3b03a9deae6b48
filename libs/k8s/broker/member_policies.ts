// SPDX-License-Identifier: Apache-2.0
import { BROKER, brokerObjects, type Manifest, memberAccount } from "./broker_objects.ts";

const API = "admissionregistration.k8s.io/v1";
const OWNER = "'submariner-io/clusterID'";
const SOURCE = "'multicluster.kubernetes.io/source-cluster'";
const TIMESTAMP = "'timestamp.submariner.io/'";

/** A rule in CEL: what must hold, and the sentence where it does not. */
type Rule = readonly [expression: string, message: string];

interface Policy {
  readonly kind: string;
  readonly group: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
}

/** `object.metadata.NAME`, or nothing where it is absent. */
const meta = (whose: "object" | "oldObject", name: string, empty: string) =>
  `${whose} != null && has(${whose}.metadata.${name}) ? ${whose}.metadata.${name} : ${empty}`;

const shared: Readonly<Record<string, string>> = {
  labels: meta("object", "labels", "{}"),
  oldLabels: meta("oldObject", "labels", "{}"),
};
const labelled: Rule = [
  `object == null || (${OWNER} in variables.labels && variables.labels[${OWNER}] == variables.id)`,
  `a cluster may write objects with the label submariner-io/clusterID of its own only`,
];
/** Nothing that makes an object go or stay against others' will. */
const ties: readonly Rule[] = ["ownerReferences", "finalizers"].map((name) => [
  `object == null || !has(object.metadata.${name}) || object.metadata.${name}.all(x, oldObject != null && has(oldObject.metadata.${name}) && oldObject.metadata.${name}.exists(y, y == x))`,
  `a cluster may not add ${name} on the broker`,
]);
const both = (rule: (whose: string) => string) =>
  ["oldObject", "object"].map((whose) => `(${whose} == null || (${rule(whose)}))`).join(" && ");

const clusters: Policy = {
  kind: "clusters",
  group: "submariner.io",
  variables: shared,
  rules: [
    [
      both((one) => `${one}.metadata.name == variables.id && ${one}.spec.cluster_id == variables.id`),
      "a cluster may write its own Cluster only",
    ],
    labelled,
    ...ties,
  ],
};

const endpoints: Policy = {
  kind: "endpoints",
  group: "submariner.io",
  variables: { ...shared, cable: "'submariner-cable-' + variables.id + '-'", prefix: "variables.id + '-' + variables.cable" },
  rules: [
    [
      both(
        (one) =>
          `${one}.spec.cluster_id == variables.id && ${one}.spec.cable_name.startsWith(variables.cable) && ${one}.metadata.name.startsWith(variables.prefix) && ${one}.metadata.name.substring(variables.prefix.size()).matches('^[0-9a-fv.-]+$')`,
      ),
      "a cluster may write its own Endpoints only: their names are ID-submariner-cable-ID-ADDRESS",
    ],
    labelled,
    ...ties,
  ],
};

const endpointSlices: Policy = {
  kind: "endpointslices",
  group: "discovery.k8s.io",
  variables: shared,
  rules: [
    [
      `oldObject == null || (${OWNER} in variables.oldLabels && variables.oldLabels[${OWNER}] == variables.id)`,
      "a cluster may write its own EndpointSlices only",
    ],
    [
      `object == null || !(${SOURCE} in variables.labels) || variables.labels[${SOURCE}] == variables.id`,
      "a cluster may not say that an EndpointSlice comes from another one",
    ],
    labelled,
    ...ties,
  ],
};

const clustersOf = (whose: string) =>
  `${whose} != null && has(${whose}.status) && has(${whose}.status.clusters) ? ${whose}.status.clusters : []`;
const sameIn = (a: string, b: string) =>
  `variables.${a}.all(x, x in variables.${b}) && variables.${b}.all(x, x in variables.${a})`;
const specOf = (whose: string, name: string, empty: string) =>
  `(has(${whose}.spec) && has(${whose}.spec.${name}) ? ${whose}.spec.${name} : ${empty})`;

const serviceImports: Policy = {
  kind: "serviceimports",
  group: "multicluster.x-k8s.io",
  variables: {
    annotations: meta("object", "annotations", "{}"),
    oldAnnotations: meta("oldObject", "annotations", "{}"),
    own: `${TIMESTAMP} + variables.id`,
    times: `variables.annotations.filter(k, k.startsWith(${TIMESTAMP}) && k != variables.own)`,
    oldTimes: `variables.oldAnnotations.filter(k, k.startsWith(${TIMESTAMP}) && k != variables.own)`,
    clusters: clustersOf("object"),
    oldClusters: clustersOf("oldObject"),
    others: "variables.clusters.filter(c, c.cluster != variables.id)",
    oldOthers: "variables.oldClusters.filter(c, c.cluster != variables.id)",
    shared: "variables.oldTimes.size() > 0 || variables.oldOthers.size() > 0",
    mine: "[variables.annotations, variables.oldAnnotations].exists(a, variables.own in a) || (variables.clusters + variables.oldClusters).exists(c, c.cluster == variables.id)",
  },
  rules: [
    ["object != null || !variables.shared", "a cluster may not remove a ServiceImport that others contribute to"],
    [
      `object == null || (${sameIn("others", "oldOthers")} && ${sameIn("times", "oldTimes")} && variables.times.all(k, variables.annotations[k] == variables.oldAnnotations[k]))`,
      "a cluster may change its own part of status.clusters and its own timestamp annotation only",
    ],
    [
      "object == null || variables.mine || (oldObject != null && !variables.shared)",
      "a cluster may not write a ServiceImport that it does not contribute to: set its timestamp annotation",
    ],
    [
      `object == null || !variables.shared || (${specOf("object", "type", "''")} == ${specOf("oldObject", "type", "''")} && ${specOf("object", "ips", "[]")} == ${specOf("oldObject", "ips", "[]")})`,
      "a cluster may not change type and ips of a ServiceImport that others contribute to",
    ],
    ...ties,
  ],
};

function manifests(policy: Policy, namespace: string): Manifest[] {
  const { kind, group, variables, rules } = policy;
  const prefix = `system:serviceaccount:${namespace}:${memberAccount("")}`;
  const name = `${namespace}-${kind}`;
  const labels = { "app.kubernetes.io/managed-by": "strait" };
  return [
    {
      apiVersion: API,
      kind: "ValidatingAdmissionPolicy",
      metadata: { name, labels },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
          resourceRules: [
            {
              apiGroups: [group],
              apiVersions: ["*"],
              operations: ["CREATE", "UPDATE", "DELETE"],
              resources: [kind, `${kind}/*`],
            },
          ],
        },
        matchConditions: [{ name: "member", expression: `request.userInfo.username.startsWith('${prefix}')` }],
        variables: [
          { name: "id", expression: `request.userInfo.username.substring(${prefix.length})` },
          ...Object.entries(variables).map(([variable, expression]) => ({ name: variable, expression })),
        ],
        validations: rules.map(([expression, message]) => ({ expression, message, reason: "Forbidden" })),
      },
    },
    {
      apiVersion: API,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name, labels },
      spec: { policyName: name, validationActions: ["Deny"] },
    },
  ];
}

/**
 * The rules of `memberMayWrite` for a Kubernetes API server (1.30 or later), which RBAC alone cannot say: a ValidatingAdmissionPolicy and
 * its binding for each kind that members exchange. Cluster-wide objects; only writes of the namespace's members are looked at. The
 * embedded broker keeps the rules itself and does not serve these kinds.
 */
export function memberPolicies(namespace: string = BROKER.namespace): readonly Manifest[] {
  return [clusters, endpoints, endpointSlices, serviceImports].flatMap((policy) => manifests(policy, namespace));
}

/** Everything that makes a namespace of an ordinary Kubernetes API server a broker, in the order to apply; without CRDs and members. */
export function brokerManifests(namespace: string = BROKER.namespace): readonly Manifest[] {
  return [...brokerObjects(namespace), ...memberPolicies(namespace)];
}
