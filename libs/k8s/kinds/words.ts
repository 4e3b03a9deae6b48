// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "../kube_object.ts";
import { members, textRecord, told } from "./custom_kind.ts";

/** Text. */
export const text = (description: string) => told(v.string(), description);
/** A list of texts. */
export const texts = (description: string, keywords: Record<string, unknown> = {}) =>
  told(v.array(v.string()), description, keywords);
/** true or false. */
export const flag = (description: string) => told(v.boolean(), description);
/** A whole number; `format` is int32 or int64 where the definition says it. */
export const whole = (description: string, format?: "int32" | "int64") =>
  told(v.pipe(v.number(), v.integer()), description, format ? { format } : {});
/** Names and texts. */
export const pairs = (description: string) => told(textRecord(), description);
/** A time as RFC 3339 text. */
export const time = (description: string) => told(v.string(), description, { format: "date-time" });

const TYPE = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$/;
const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;

/** One condition of a status, as metav1.Condition has it. */
export const condition = told(
  members({
    type: told(v.pipe(v.string(), v.maxLength(316), v.regex(TYPE)), "What the condition is about."),
    status: told(v.picklist(["True", "False", "Unknown"]), "Whether it holds."),
    observedGeneration: optional(
      told(v.pipe(v.number(), v.integer(), v.minValue(0)), "The generation of the object it was found for.", { format: "int64" }),
    ),
    lastTransitionTime: time("When status last became another."),
    reason: told(v.pipe(v.string(), v.minLength(1), v.maxLength(1024), v.regex(REASON)), "Why, in one word for programs."),
    message: told(v.pipe(v.string(), v.maxLength(32_768)), "Why, in a sentence for people."),
  }),
  "Whether something about the object holds, since when and why.",
);

/** One condition as read. */
export type Condition = v.InferOutput<typeof condition>;

/** Names of nodes' labels that a pod asks for. */
export const nodeSelector = pairs("Labels that a node must have for the pods of this deployment.");

/** What the pods of a deployment put up with. */
export const tolerations = told(
  v.array(
    members({
      key: optional(text("Key of the taint; every key where empty.")),
      operator: optional(text("Exists or Equal.")),
      value: optional(text("Value of the taint, for Equal.")),
      effect: optional(text("NoSchedule, PreferNoSchedule or NoExecute; every effect where empty.")),
      tolerationSeconds: optional(whole("How long NoExecute is put up with; for ever where absent.", "int64")),
    }),
  ),
  "Taints of nodes that the pods of this deployment put up with.",
);

/** A ConfigMap that CoreDNS reads. */
export const coreDnsConfig = told(
  members({
    configMapName: optional(text("Name of the ConfigMap.")),
    namespace: optional(text("Namespace of the ConfigMap.")),
  }),
  "The ConfigMap through which CoreDNS learns of the clusterset's domains.",
);

/** What the operator found out about the cluster. */
export const deploymentInfo = told(
  members({
    kubernetesType: optional(text("k8s, ocp, eks, aks or gke.")),
    kubernetesTypeVersion: optional(text("Version of that distribution.")),
    kubernetesVersion: optional(text("Version of Kubernetes.")),
    cloudProvider: optional(text("kind, aws, gcp, azure or openstack.")),
  }),
  "What was found out about the cluster.",
);
