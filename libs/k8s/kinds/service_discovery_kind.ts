// SPDX-License-Identifier: Apache-2.0
import type * as v from "valibot";
import { optional } from "../kube_object.ts";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { brokerFields, deploymentFields, discoveryFields } from "./submariner_kind.ts";
import { deploymentInfo, flag, text } from "./words.ts";

const schema = kubeObject({
  spec: optional(
    told(
      members({
        ...brokerFields,
        clusterID: text("This cluster's name in the clusterset."),
        namespace: text("Where the software and its objects are."),
        debug: flag("Whether to log more."),
        globalnetEnabled: optional(flag("Whether the cluster translates its addresses.")),
        ...discoveryFields,
        ...deploymentFields,
      }),
      "How Services are exported and imported.",
    ),
  ),
  status: optional(told(members({ deploymentInfo: optional(deploymentInfo) }), "What was found out.")),
});

/** How a cluster exports and imports Services; the object named `service-discovery` counts. */
export interface ServiceDiscovery extends v.InferOutput<typeof schema> {}

/** submariner.io/v1alpha1 servicediscoveries. */
export const ServiceDiscoveryKind = customKind(
  {
    group: "submariner.io",
    version: "v1alpha1",
    kind: "ServiceDiscovery",
    plural: "servicediscoveries",
    singular: "servicediscovery",
    scope: "Namespaced",
    status: "subresource",
    description: "How this cluster exports and imports Services of the clusterset.",
  },
  schema,
);
