// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind } from "../kind.ts";
import { optional } from "../kube_object.ts";
import { head, text } from "./common.ts";

const namespace = v.looseObject({ ...head, status: optional(v.looseObject({ phase: optional(text) })) });

/** A namespace. */
export type Namespace = v.InferOutput<typeof namespace>;
export const NamespaceKind = defineKind(
  { group: "", version: "v1", kind: "Namespace", plural: "namespaces", scope: "Cluster" },
  namespace,
);

const secret = v.looseObject({
  ...head,
  type: optional(text),
  /** Base64. */
  data: optional(v.record(text, text)),
  /** Plain text, for writing only: the server turns it into `data`. */
  stringData: optional(v.record(text, text)),
});

/** A secret. */
export type Secret = v.InferOutput<typeof secret>;
export const SecretKind = defineKind(
  { group: "", version: "v1", kind: "Secret", plural: "secrets", scope: "Namespaced" },
  secret,
);

const configMap = v.looseObject({ ...head, data: optional(v.record(text, text)) });

/** A map of configuration. */
export type ConfigMap = v.InferOutput<typeof configMap>;
export const ConfigMapKind = defineKind(
  { group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", scope: "Namespaced" },
  configMap,
);
