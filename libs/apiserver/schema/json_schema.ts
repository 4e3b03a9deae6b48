// SPDX-License-Identifier: Apache-2.0
import type { Json } from "../patch/json.ts";

/** A schema in the dialect of Kubernetes' OpenAPI: of CRDs as they come, and of the built-in kinds as `builtinSchema` makes them. */
export interface JsonSchema {
  $ref?: string;
  description?: string;
  type?: string;
  format?: string;
  nullable?: boolean;
  default?: Json;
  enum?: Json[];
  required?: string[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  not?: JsonSchema;
  maximum?: number;
  exclusiveMaximum?: boolean;
  minimum?: number;
  exclusiveMinimum?: boolean;
  maxLength?: number;
  minLength?: number;
  pattern?: string;
  maxItems?: number;
  minItems?: number;
  uniqueItems?: boolean;
  multipleOf?: number;
  maxProperties?: number;
  minProperties?: number;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: "atomic" | "granular";
  "x-kubernetes-patch-strategy"?: string;
  "x-kubernetes-patch-merge-key"?: string;
  "x-kubernetes-group-version-kind"?: GroupVersionKind[];
  "x-kubernetes-validations"?: Json;
}

/** What an object says of itself; the group of the core is empty. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Schemas by name, as `$ref` names them. */
export type Definitions = Readonly<Record<string, JsonSchema>>;

/** A schema and where its references lead. */
export interface RootedSchema {
  readonly schema: JsonSchema;
  readonly definitions: Definitions;
}

export const refPrefix = "#/definitions/";

/** The schema itself where another one stands for it; undefined where nothing is known. */
export function deref(schema: JsonSchema | undefined, definitions: Definitions): JsonSchema | undefined {
  const ref = schema?.$ref ?? (schema?.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
  return ref === undefined ? schema : { ...definitions[ref.slice(refPrefix.length)], ...schema, allOf: [] };
}
