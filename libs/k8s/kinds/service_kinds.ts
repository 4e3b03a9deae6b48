// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "../kube_object.ts";
import { customKind, kubeObject, members, told } from "./custom_kind.ts";
import { text, time, whole } from "./words.ts";

const shared = { group: "multicluster.x-k8s.io", version: "v1alpha1", scope: "Namespaced", status: "subresource" } as const;
const age = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" } as const;

// Older than metav1.Condition: fewer members are required, and none is limited.
const exportCondition = members({
  type: text("Valid, Ready or Conflict."),
  status: told(v.picklist(["True", "False", "Unknown"]), "Whether it holds."),
  lastTransitionTime: optional(time("When status last became another.")),
  reason: optional(text("Why, in one word for programs.")),
  message: optional(text("Why, in a sentence for people.")),
});

const exportSchema = kubeObject({
  status: optional(
    told(
      members({
        conditions: optional(
          told(v.array(exportCondition), "Whether the export is valid, ready and without conflict.", {
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
          }),
        ),
      }),
      "What became of the export.",
    ),
  ),
});

/** The wish that the Service of the same name and namespace can be used from all clusters. */
export interface ServiceExport extends v.InferOutput<typeof exportSchema> {}

/** multicluster.x-k8s.io/v1alpha1 serviceexports. */
export const ServiceExportKind = customKind(
  {
    ...shared,
    kind: "ServiceExport",
    plural: "serviceexports",
    singular: "serviceexport",
    shortNames: ["svcex"],
    columns: [age],
    description: "Offers the Service of the same name and namespace to all clusters of the clusterset.",
  },
  exportSchema,
);

const port = members({
  name: optional(text("Name of the port; may be absent where there is only one.")),
  protocol: optional(text("TCP, UDP or SCTP; TCP where absent.")),
  appProtocol: optional(text("What is spoken on the port.")),
  port: whole("Number of the port.", "int32"),
});

const importSchema = kubeObject({
  spec: optional(
    told(
      members({
        type: told(v.picklist(["ClusterSetIP", "Headless"]), "One address for the Service, or one for each of its pods."),
        ips: optional(told(v.pipe(v.array(v.string()), v.maxLength(1)), "The Service's address, for ClusterSetIP.")),
        ports: told(v.array(port), "Ports of the Service.", { "x-kubernetes-list-type": "atomic" }),
        sessionAffinity: optional(text("ClientIP or None.")),
        sessionAffinityConfig: optional(
          told(
            members({
              clientIP: optional(
                told(
                  members({ timeoutSeconds: optional(whole("For how many seconds.", "int32")) }),
                  "How long a client stays with a pod.",
                ),
              ),
            }),
            "Details of sessionAffinity.",
          ),
        ),
      }),
      "The Service as the clusterset sees it.",
    ),
  ),
  status: optional(
    told(
      members({
        clusters: optional(
          told(v.array(members({ cluster: text("Name of the cluster.") })), "The clusters that export it.", {
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["cluster"],
          }),
        ),
      }),
      "Where the Service comes from.",
    ),
  ),
});

/** A Service of the clusterset as every cluster sees it. */
export interface ServiceImport extends v.InferOutput<typeof importSchema> {}

/** multicluster.x-k8s.io/v1alpha1 serviceimports. */
export const ServiceImportKind = customKind(
  {
    ...shared,
    kind: "ServiceImport",
    plural: "serviceimports",
    singular: "serviceimport",
    shortNames: ["svcim"],
    columns: [
      { name: "Type", type: "string", jsonPath: ".spec.type", description: "The type of this ServiceImport" },
      { name: "IP", type: "string", jsonPath: ".spec.ips", description: "The address of this ServiceImport" },
      age,
    ],
    description: "A Service that clusters of the clusterset export.",
  },
  importSchema,
);
