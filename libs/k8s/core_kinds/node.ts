// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind } from "../kind.ts";
import { optional } from "../kube_object.ts";
import { conditionSchema, flag, head, text, texts } from "./common.ts";

const schema = v.looseObject({
  ...head,
  spec: optional(
    v.looseObject({
      podCIDR: optional(text),
      podCIDRs: optional(texts),
      providerID: optional(text),
      unschedulable: optional(flag),
      taints: optional(v.array(v.looseObject({ key: text, value: optional(text), effect: text }))),
    }),
  ),
  status: optional(
    v.looseObject({
      addresses: optional(v.array(v.looseObject({ type: text, address: text }))),
      conditions: optional(v.array(conditionSchema)),
      nodeInfo: optional(v.looseObject({ kubeletVersion: optional(text), kernelVersion: optional(text) })),
    }),
  ),
});

/** A machine of the cluster. */
export type Node = v.InferOutput<typeof schema>;
export const NodeKind = defineKind({ group: "", version: "v1", kind: "Node", plural: "nodes", scope: "Cluster" }, schema);
