// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind } from "../kind.ts";
import { optional } from "../kube_object.ts";
import { conditionSchema, flag, head, text, texts } from "./common.ts";

const schema = v.looseObject({
  ...head,
  spec: v.looseObject({
    group: text,
    scope: v.picklist(["Namespaced", "Cluster"]),
    names: v.looseObject({
      kind: text,
      plural: text,
      singular: optional(text),
      listKind: optional(text),
      shortNames: optional(texts),
      categories: optional(texts),
    }),
    versions: v.array(
      v.looseObject({
        name: text,
        served: flag,
        storage: flag,
        schema: optional(v.looseObject({ openAPIV3Schema: optional(v.looseObject({})) })),
        subresources: optional(v.looseObject({ status: optional(v.looseObject({})), scale: optional(v.looseObject({})) })),
        additionalPrinterColumns: optional(
          v.array(v.looseObject({ name: text, type: text, jsonPath: text, description: optional(text) })),
        ),
      }),
    ),
  }),
  status: optional(v.looseObject({ conditions: optional(v.array(conditionSchema)) })),
});

/** A kind that is added to a server. */
export type CustomResourceDefinition = v.InferOutput<typeof schema>;
export const CustomResourceDefinitionKind = defineKind(
  {
    group: "apiextensions.k8s.io",
    version: "v1",
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions",
    scope: "Cluster",
  },
  schema,
);
