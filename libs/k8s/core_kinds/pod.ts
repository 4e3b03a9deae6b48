// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind } from "../kind.ts";
import { optional } from "../kube_object.ts";
import { conditionSchema, flag, head, number, text } from "./common.ts";

const envVar = v.looseObject({
  name: text,
  value: optional(text),
  valueFrom: optional(v.looseObject({ fieldRef: optional(v.looseObject({ fieldPath: text })) })),
});

/** A container of a pod's spec. */
export const containerSchema = v.looseObject({
  name: text,
  image: optional(text),
  command: optional(v.array(text)),
  args: optional(v.array(text)),
  env: optional(v.array(envVar)),
  volumeMounts: optional(
    v.array(v.looseObject({ name: text, mountPath: text, readOnly: optional(flag), subPath: optional(text) })),
  ),
  ports: optional(v.array(v.looseObject({ name: optional(text), containerPort: number, protocol: optional(text) }))),
  terminationMessagePath: optional(text),
});

/** What a pod is asked to be; the template of a workload has one too. */
export const podSpecSchema = v.looseObject({
  nodeName: optional(text),
  hostNetwork: optional(flag),
  restartPolicy: optional(text),
  serviceAccountName: optional(text),
  nodeSelector: optional(v.record(text, text)),
  containers: optional(v.array(containerSchema)),
  initContainers: optional(v.array(containerSchema)),
  volumes: optional(v.array(v.looseObject({ name: text }))),
  tolerations: optional(
    v.array(v.looseObject({ key: optional(text), operator: optional(text), value: optional(text), effect: optional(text) })),
  ),
  terminationGracePeriodSeconds: optional(number),
});

const podIps = optional(v.array(v.looseObject({ ip: optional(text) })));

const containerStatus = v.looseObject({
  name: text,
  ready: optional(flag),
  restartCount: optional(number),
  state: optional(
    v.looseObject({ terminated: optional(v.looseObject({ exitCode: number, message: optional(text), reason: optional(text) })) }),
  ),
});

const schema = v.looseObject({
  ...head,
  spec: optional(podSpecSchema),
  status: optional(
    v.looseObject({
      phase: optional(text),
      podIP: optional(text),
      podIPs: podIps,
      hostIP: optional(text),
      conditions: optional(v.array(conditionSchema)),
      containerStatuses: optional(v.array(containerStatus)),
    }),
  ),
});

/** A pod. */
export type Pod = v.InferOutput<typeof schema>;
export const PodKind = defineKind({ group: "", version: "v1", kind: "Pod", plural: "pods", scope: "Namespaced" }, schema);
