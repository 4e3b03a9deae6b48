// SPDX-License-Identifier: Apache-2.0
import { copy, isObject, type Json, type JsonObject, own, put } from "../patch/json.ts";
import { type Definitions, deref, type JsonSchema, type RootedSchema } from "./json_schema.ts";

/** A copy with the defaults of the schema. A null that may not be one becomes the default, or goes where there is none. */
export function setDefaults(object: JsonObject, { schema, definitions }: RootedSchema): JsonObject {
  const result = copy(object);
  fill(result, schema, definitions);
  return result;
}

function fill(value: Json, given: JsonSchema | undefined, all: Definitions): void {
  const schema = deref(given, all);
  if (schema === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) fill(item, schema.items, all);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const member = own(value, name);
    const wants = member === undefined || (member === null && inner.nullable !== true);
    if (wants && inner.default !== undefined) put(value, name, copy(inner.default));
    else if (wants) delete value[name];
  }
  const others = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  for (const [name, member] of Object.entries(value)) {
    const inner = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : others;
    if (inner !== undefined && member !== undefined) fill(member, inner, all);
  }
}
