// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind } from "../kind.ts";
import { optional } from "../kube_object.ts";
import { head, number, text } from "./common.ts";

const reference = v.looseObject({
  apiVersion: optional(text),
  kind: optional(text),
  name: optional(text),
  namespace: optional(text),
  uid: optional(text),
  resourceVersion: optional(text),
});

const schema = v.looseObject({
  ...head,
  involvedObject: reference,
  type: optional(text),
  reason: optional(text),
  message: optional(text),
  count: optional(number),
  firstTimestamp: optional(text),
  lastTimestamp: optional(text),
  source: optional(v.looseObject({ component: optional(text), host: optional(text) })),
});

/** Something that happened to an object (the core kind, as `kubectl describe` shows it). */
export type KubeEvent = v.InferOutput<typeof schema>;
export const EventKind = defineKind({ group: "", version: "v1", kind: "Event", plural: "events", scope: "Namespaced" }, schema);
