// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind } from "../kind.ts";
import { metaSchema, optional } from "../kube_object.ts";
import { conditionSchema, head, labelSelectorSchema, number } from "./common.ts";
import { podSpecSchema } from "./pod.ts";

const template = v.looseObject({ metadata: optional(v.partial(metaSchema)), spec: optional(podSpecSchema) });

const daemonSet = v.looseObject({
  ...head,
  spec: optional(v.looseObject({ selector: labelSelectorSchema, template })),
  status: optional(
    v.looseObject({
      desiredNumberScheduled: optional(number),
      currentNumberScheduled: optional(number),
      updatedNumberScheduled: optional(number),
      numberReady: optional(number),
      numberAvailable: optional(number),
      observedGeneration: optional(number),
    }),
  ),
});

/** One pod on each of some nodes. */
export type DaemonSet = v.InferOutput<typeof daemonSet>;
export const DaemonSetKind = defineKind(
  { group: "apps", version: "v1", kind: "DaemonSet", plural: "daemonsets", scope: "Namespaced" },
  daemonSet,
);

const deployment = v.looseObject({
  ...head,
  spec: optional(v.looseObject({ replicas: optional(number), selector: labelSelectorSchema, template })),
  status: optional(
    v.looseObject({
      replicas: optional(number),
      readyReplicas: optional(number),
      availableReplicas: optional(number),
      observedGeneration: optional(number),
      conditions: optional(v.array(conditionSchema)),
    }),
  ),
});

/** So many pods somewhere. */
export type Deployment = v.InferOutput<typeof deployment>;
export const DeploymentKind = defineKind(
  { group: "apps", version: "v1", kind: "Deployment", plural: "deployments", scope: "Namespaced" },
  deployment,
);
