// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "../kube_object.ts";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { condition, pairs, text, texts } from "./words.ts";

const group = "submariner.io";
const version = "v1";
const count = optional(
  told(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20)), "How many global addresses; 1 where absent."),
);
// No map keyed by type: Submariner appends conditions of the same type.
const conditions = optional(told(v.array(condition), "Whether the addresses are allocated (Allocated)."));
const egressStatus = optional(
  told(members({ allocatedIPs: optional(texts("The global addresses.")), conditions }), "What was allocated, or why nothing."),
);

const podSelector = told(
  members({
    matchLabels: optional(pairs("Labels a pod must have.")),
    matchExpressions: optional(
      told(
        v.array(
          members({
            key: text("Label."),
            operator: text("In, NotIn, Exists or DoesNotExist."),
            values: optional(texts("Values, for In and NotIn.", { "x-kubernetes-list-type": "atomic" })),
          }),
        ),
        "Conditions that all must hold.",
        { "x-kubernetes-list-type": "atomic" },
      ),
    ),
  }),
  "Which pods of the namespace; all where absent.",
  { "x-kubernetes-map-type": "atomic" },
);

const clusterSchema = kubeObject({
  spec: told(members({ numGlobalIPs: count }), "How many addresses the cluster wants."),
  status: egressStatus,
});

/** Global source addresses of all pods that have none of their own. Only `cluster-egress.submariner.io` counts. */
export interface ClusterGlobalEgressIP extends v.InferOutput<typeof clusterSchema> {}

/** submariner.io/v1 clusterglobalegressips. */
export const ClusterGlobalEgressIPKind = customKind(
  {
    group,
    version,
    kind: "ClusterGlobalEgressIP",
    plural: "clusterglobalegressips",
    singular: "clusterglobalegressip",
    shortNames: ["cgeip"],
    scope: "Cluster",
    status: "subresource",
    description: "Global source addresses of all pods of the cluster that no GlobalEgressIP selects.",
  },
  clusterSchema,
);

const egressSchema = kubeObject({
  // Submariner's two kinds spell this member in two ways.
  spec: told(members({ numberOfIPs: count, podSelector: optional(podSelector) }), "Which pods want how many addresses."),
  status: egressStatus,
});

/** Global source addresses of selected pods of a namespace. */
export interface GlobalEgressIP extends v.InferOutput<typeof egressSchema> {}

/** submariner.io/v1 globalegressips. */
export const GlobalEgressIPKind = customKind(
  {
    group,
    version,
    kind: "GlobalEgressIP",
    plural: "globalegressips",
    singular: "globalegressip",
    shortNames: ["geip"],
    scope: "Namespaced",
    status: "subresource",
    description: "Global source addresses of selected pods of a namespace.",
  },
  egressSchema,
);

const reference = (description: string) =>
  optional(told(members({ name: v.optional(text("Its name."), "") }), description, { "x-kubernetes-map-type": "atomic" }));

const ingressSchema = kubeObject({
  spec: told(
    members({
      target: text("ClusterIPService, HeadlessServicePod or HeadlessServiceEndpoints."),
      serviceRef: reference("The Service."),
      podRef: reference("The pod, for HeadlessServicePod."),
    }),
    "What the address stands for.",
  ),
  status: optional(
    told(members({ allocatedIP: optional(text("The global address.")), conditions }), "What was allocated, or why nothing."),
  ),
});

/** The global address of a Service or of a pod behind a headless one. */
export interface GlobalIngressIP extends v.InferOutput<typeof ingressSchema> {}

/** submariner.io/v1 globalingressips. */
export const GlobalIngressIPKind = customKind(
  {
    group,
    version,
    kind: "GlobalIngressIP",
    plural: "globalingressips",
    singular: "globalingressip",
    shortNames: ["giip"],
    scope: "Namespaced",
    status: "subresource",
    columns: [{ name: "IP", type: "string", jsonPath: ".status.allocatedIP", description: "The global address" }],
    description: "The global address under which other clusters reach a Service, or a pod of a headless one.",
  },
  ingressSchema,
);
