// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "../kube_object.ts";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { texts } from "./words.ts";

/** A cluster's name in the clusterset; what else it must be is judged by readers. */
export const clusterIdField = told(v.pipe(v.string(), v.minLength(1), v.maxLength(63)), "The cluster's name in the clusterset.");

const schema = kubeObject({
  spec: told(
    members({
      cluster_id: clusterIdField,
      service_cidr: texts("Subnets of the cluster's Services."),
      cluster_cidr: texts("Subnets of the cluster's pods."),
      global_cidr: texts("Subnets of the cluster's global addresses; empty where it does not translate."),
      color_codes: optional(texts('Not used; always ["blue"].')),
    }),
    "What the cluster tells the others about itself.",
  ),
});

/** A member of the clusterset. Its name is `clusterName(spec.cluster_id)`; it is on the broker and in every member. */
export interface Cluster extends v.InferOutput<typeof schema> {}

/** submariner.io/v1 clusters. */
export const ClusterKind = customKind(
  {
    group: "submariner.io",
    version: "v1",
    kind: "Cluster",
    plural: "clusters",
    singular: "cluster",
    scope: "Namespaced",
    status: "none",
    description: "A cluster that is a member of the clusterset.",
  },
  schema,
);
