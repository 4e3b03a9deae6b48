// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import { type Definitions, deref, type JsonSchema, type RootedSchema } from "../schema/json_schema.ts";
import { canonical, copy, isObject, type Json, type JsonObject, own, put } from "./json.ts";
import { orderItems } from "./order_items.ts";

const DELETE_FROM = "$deleteFromPrimitiveList/";
const ORDER = "$setElementOrder/";

class Refused extends Error {}

/**
 * Strategic merge patch: like a JSON merge patch, but lists whose schema names a merge key are merged item by item, and the directives
 * `$patch: replace|delete|merge`, `$retainKeys`, `$deleteFromPrimitiveList/x` and `$setElementOrder/x` are obeyed. Only built-in kinds have
 * such schemas. A refusal is a malformed patch: HTTP 400.
 *
 * @example
 * strategicMergePatch(
 *   { spec: { containers: [{ name: "a", image: "x" }, { name: "b" }] } },
 *   { spec: { containers: [{ name: "b", $patch: "delete" }, { name: "a", image: "y" }] } },
 *   builtinSchema({ group: "", version: "v1", kind: "Pod" }),
 * ) // { spec: { containers: [{ name: "a", image: "y" }] } }
 */
export function strategicMergePatch(target: JsonObject, patch: JsonObject, rooted: RootedSchema): Result<JsonObject> {
  try {
    return ok(mergeObject(copy(target), copy(patch), rooted.schema, rooted.definitions));
  } catch (error) {
    if (error instanceof Refused) return refuse(error.message);
    throw error;
  }
}

function directive(patch: JsonObject): string | undefined {
  const word = patch["$patch"];
  if (word === undefined) return undefined;
  if (word !== "replace" && word !== "delete" && word !== "merge")
    throw new Refused(`unknown patch type found in map: ${canonical(word)}`);
  return word;
}

/** Merges into `target`, which it owns. */
function mergeObject(target: JsonObject, patch: JsonObject, given: JsonSchema | undefined, all: Definitions): JsonObject {
  const schema = deref(given, all);
  const word = directive(patch);
  delete patch["$patch"];
  if (word === "replace") return withoutDirectives(patch) as JsonObject;
  if (word === "delete") return {};
  retain(target, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key.startsWith(ORDER)) continue;
    if (key.startsWith(DELETE_FROM)) {
      deleteFrom(target, key.slice(DELETE_FROM.length), value);
      continue;
    }
    if (value === null) {
      delete target[key];
      continue;
    }
    const field = fieldOf(schema, key);
    const before = own(target, key);
    if (isObject(value)) put(target, key, mergeObject(isObject(before) ? before : {}, value, field, all));
    else if (Array.isArray(value)) put(target, key, mergeList(before, value, field, own(patch, ORDER + key), all));
    else put(target, key, value);
  }
  for (const [key, value] of Object.entries(patch)) {
    const name = key.startsWith(ORDER) ? key.slice(ORDER.length) : undefined;
    if (name === undefined || Array.isArray(own(patch, name))) continue;
    const list = own(target, name);
    if (Array.isArray(list)) put(target, name, orderItems(list, list, value, mergeKeyOf(fieldOf(schema, name), all)));
  }
  return target;
}

const fieldOf = (schema: JsonSchema | undefined, key: string): JsonSchema | undefined =>
  (schema?.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined) ??
  (typeof schema?.additionalProperties === "object" ? schema.additionalProperties : undefined);

function mergeKeyOf(field: JsonSchema | undefined, all: Definitions): string | undefined {
  return deref(field, all)?.["x-kubernetes-patch-merge-key"];
}

/** `$retainKeys`: what is not named goes. */
function retain(target: JsonObject, patch: JsonObject): void {
  const keys = patch["$retainKeys"];
  delete patch["$retainKeys"];
  if (keys === undefined) return;
  if (!Array.isArray(keys)) throw new Refused("$retainKeys must be a list");
  for (const [key, value] of Object.entries(patch))
    if (value !== null && !key.startsWith("$") && !keys.includes(key))
      throw new Refused(`the $retainKeys list doesn't contain ${JSON.stringify(key)}, which the patch sets`);
  for (const key of Object.keys(target)) if (!keys.includes(key)) delete target[key];
}

function deleteFrom(target: JsonObject, key: string, items: Json): void {
  if (!Array.isArray(items)) throw new Refused(`${DELETE_FROM}${key} must be a list`);
  const before = own(target, key);
  if (!Array.isArray(before)) return;
  const gone = new Set(items.map(canonical));
  put(
    target,
    key,
    before.filter((item) => !gone.has(canonical(item))),
  );
}

function mergeList(
  before: Json | undefined,
  patch: Json[],
  given: JsonSchema | undefined,
  order: Json | undefined,
  all: Definitions,
): Json[] {
  const schema = deref(given, all);
  const merges = schema?.["x-kubernetes-patch-strategy"]?.split(",").includes("merge") ?? false;
  if (!merges) return withoutDirectives(patch) as Json[];
  const key = schema?.["x-kubernetes-patch-merge-key"];
  const live = Array.isArray(before) ? before : [];
  if (patch.some((item) => isObject(item) && directive(item) === "replace")) {
    const rest = patch.filter((item) => !(isObject(item) && directive(item) === "replace"));
    return withoutDirectives(rest) as Json[];
  }
  const merged = key === undefined ? union(live, patch) : mergeItems(live, patch, key, schema?.items, all);
  return order === undefined ? merged : orderItems(merged, live, order, key);
}

function union(live: Json[], patch: Json[]): Json[] {
  const seen = new Set<string>();
  return [...live, ...patch].filter((item) => {
    const text = canonical(item);
    return seen.has(text) ? false : seen.add(text) !== undefined;
  });
}

function mergeItems(live: Json[], patch: Json[], key: string, items: JsonSchema | undefined, all: Definitions): Json[] {
  let result = [...live];
  for (const item of patch) {
    if (!isObject(item)) throw new Refused(`a list that merges by ${key} has objects, not ${canonical(item)}`);
    const value = item[key];
    if (value === undefined) throw new Refused(`map: ${canonical(item)} does not contain declared merge key: ${key}`);
    const same = (other: Json) => isObject(other) && canonical(other[key]) === canonical(value);
    if (directive(item) === "delete") {
      result = result.filter((other) => !same(other));
      continue;
    }
    const at = result.findIndex(same);
    const found = result[at];
    const merged = mergeObject(isObject(found) ? found : {}, item, items, all);
    if (at < 0) result.push(merged);
    else result[at] = merged;
  }
  return result;
}

/** What stays of a part of a patch that nothing is merged with. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value))
    return value.filter((item) => !(isObject(item) && item["$patch"] !== undefined)).map(withoutDirectives);
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const isDirective = key === "$patch" || key === "$retainKeys" || key.startsWith(DELETE_FROM) || key.startsWith(ORDER);
    if (!isDirective && member !== undefined && member !== null) put(result, key, withoutDirectives(member));
  }
  return result;
}
