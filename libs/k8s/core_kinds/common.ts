// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { metaSchema, optional } from "../kube_object.ts";

/** Members of every object; spread into its schema. */
export const head = { apiVersion: optional(v.string()), kind: optional(v.string()), metadata: metaSchema };

/** A condition of an object's status, in the common form of Kubernetes. */
export const conditionSchema = v.looseObject({
  type: v.string(),
  status: v.string(),
  reason: optional(v.string()),
  message: optional(v.string()),
  lastTransitionTime: optional(v.string()),
});

export const labelSelectorSchema = v.looseObject({ matchLabels: optional(v.record(v.string(), v.string())) });

export const text = v.string();
export const texts = v.array(v.string());
export const number = v.number();
export const flag = v.boolean();
