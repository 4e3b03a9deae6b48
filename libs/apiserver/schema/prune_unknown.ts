// SPDX-License-Identifier: Apache-2.0
import { isObject, type Json, type JsonObject, put } from "../patch/json.ts";
import { objectMeta } from "./builtin_schema.ts";
import { type Definitions, deref, type JsonSchema, type RootedSchema } from "./json_schema.ts";

/** The object without what its schema does not know, and the paths of that. */
export function pruneUnknown(
  object: JsonObject,
  { schema, definitions }: RootedSchema,
  { dropNulls = false }: { dropNulls?: boolean } = {},
): { object: JsonObject; unknown: readonly string[] } {
  const unknown: string[] = [];
  return { object: prune(object, schema, definitions, "") as JsonObject, unknown };

  function prune(value: Json, given: JsonSchema | undefined, all: Definitions, path: string): Json {
    const schema = deref(given, all);
    if (schema === undefined) return value;
    if (Array.isArray(value)) return value.map((item, index) => prune(item, schema.items, all, `${path}[${index}]`));
    if (!isObject(value)) return value;
    const inMetadata = dropNulls || given?.$ref === objectMeta;
    const result: JsonObject = {};
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined || (member === null && inMetadata)) continue;
      const next = path === "" ? name : `${path}.${name}`;
      const inner = memberSchema(schema, name);
      if (inner === "unknown") unknown.push(next);
      else if (!inMetadata || !isOmitted(member, inner, schema.required?.includes(name) || shownEmpty.has(name)))
        put(result, name, prune(member, inner, all, next));
    }
    return result;
  }
}

/** Lists that an object has although nothing is in them. */
const shownEmpty = new Set(["endpoints", "rules", "storedVersions"]);

/** Built-in types leave out lists and maps that are empty. An empty object that is no map says something (`emptyDir: {}`). */
function isOmitted(value: Json, schema: JsonSchema | undefined, isShown: boolean): boolean {
  if (isShown || schema === undefined) return false;
  if (Array.isArray(value)) return value.length === 0 && schema.type === "array";
  return isObject(value) && Object.keys(value).length === 0 && typeof schema.additionalProperties === "object";
}

/** The schema of a member; undefined where anything goes. */
function memberSchema(schema: JsonSchema, name: string): JsonSchema | undefined | "unknown" {
  if (schema.properties && Object.hasOwn(schema.properties, name)) return schema.properties[name];
  if (schema["x-kubernetes-embedded-resource"] && (name === "apiVersion" || name === "kind")) return undefined;
  if (schema["x-kubernetes-embedded-resource"] && name === "metadata") return { $ref: objectMeta };
  if (typeof schema.additionalProperties === "object") return schema.additionalProperties;
  if (schema.additionalProperties === true || schema["x-kubernetes-preserve-unknown-fields"]) return undefined;
  // A schema that says nothing of members (an int-or-string, a branch of a choice) is told by validation, not pruned.
  return schema.type === "object" || schema.properties !== undefined ? "unknown" : undefined;
}
