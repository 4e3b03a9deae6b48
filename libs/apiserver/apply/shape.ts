// SPDX-License-Identifier: Apache-2.0
import { canonical, isObject, type Json, type JsonObject, own } from "../patch/json.ts";
import { type Definitions, deref, type JsonSchema } from "../schema/json_schema.ts";
import type { Step } from "./field_set.ts";

/** How one value takes part in ownership, by its schema and by what it is. */
export type Shape =
  /** Owned as one: scalars, atomic lists, atomic maps. */
  | { readonly is: "leaf" }
  /** Its members are owned one by one. */
  | { readonly is: "object"; readonly value: JsonObject; member(name: string): Member }
  /** Its items are owned one by one, told apart by keys or by value. */
  | { readonly is: "list"; readonly items: Json[]; readonly schema: JsonSchema | undefined; step(item: Json): Step };

/** What a schema says of a member: a named field of a type, an entry of a map, or nothing. */
export interface Member {
  readonly kind: "field" | "entry" | "undeclared";
  readonly schema: JsonSchema | undefined;
}

/** A list whose items cannot be told apart. */
export class ShapeError extends Error {}

/** The shape of a value. Where a schema says nothing, objects are granular and lists are atomic. */
export function shapeOf(value: Json, given: JsonSchema | undefined, all: Definitions): Shape {
  const schema = deref(given, all);
  if (isObject(value)) {
    const atomic = (given?.["x-kubernetes-map-type"] ?? schema?.["x-kubernetes-map-type"]) === "atomic";
    return atomic ? { is: "leaf" } : { is: "object", value, member: (name) => memberOf(schema, name) };
  }
  if (!Array.isArray(value)) return { is: "leaf" };
  const type = schema?.["x-kubernetes-list-type"];
  if (type !== "map" && type !== "set") return { is: "leaf" };
  const keys = schema?.["x-kubernetes-list-map-keys"] ?? [];
  const properties = deref(schema?.items, all)?.properties ?? {};
  const step = (item: Json): Step => (type === "set" ? `v:${canonical(item)}` : keyStep(item, keys, properties));
  return { is: "list", items: value, schema: schema?.items, step };
}

function memberOf(schema: JsonSchema | undefined, name: string): Member {
  const field = schema?.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
  if (field !== undefined) return { kind: "field", schema: field };
  if (typeof schema?.additionalProperties === "object") return { kind: "entry", schema: schema.additionalProperties };
  if (schema?.["x-kubernetes-embedded-resource"] && ["apiVersion", "kind", "metadata"].includes(name))
    return { kind: "entry", schema: undefined };
  const open =
    schema?.properties === undefined || schema["x-kubernetes-preserve-unknown-fields"] || schema.additionalProperties === true;
  return { kind: open ? "entry" : "undeclared", schema: undefined };
}

function keyStep(item: Json, keys: readonly string[], properties: Record<string, JsonSchema>): Step {
  if (!isObject(item)) throw new ShapeError(`associative list with keys may not have non-map elements`);
  const parts: JsonObject = {};
  for (const key of keys) {
    const value = own(item, key) ?? properties[key]?.default;
    if (value !== undefined) parts[key] = value;
  }
  const missing = keys.filter((key) => parts[key] === undefined);
  if (missing.length === keys.length || (missing.length > 0 && keys.length === 1))
    throw new ShapeError(
      `associative list with keys has an element that omits key field ${JSON.stringify(missing[0] ?? "")} (and doesn't have default value)`,
    );
  return `k:${canonical(parts)}`;
}

/** Items by their step. @throws ShapeError where two are the same, or one has no key. */
export function byStep(shape: Shape & { is: "list" }, print: (step: Step) => string): Map<Step, Json> {
  const result = new Map<Step, Json>();
  for (const item of shape.items) {
    const step = shape.step(item);
    if (result.has(step)) throw new ShapeError(`duplicate entries for key ${print(step)}`);
    result.set(step, item);
  }
  return result;
}
