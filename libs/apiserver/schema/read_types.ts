// SPDX-License-Identifier: Apache-2.0
import { type Definitions, type JsonSchema, refPrefix } from "./json_schema.ts";

/**
 * Reads types in a short notation. `@package` starts a package; each further line is a type: its name (with `!` before it: an atomic
 * struct) and its fields as `name:type`, where
 *
 * | notation | meaning |
 * |---|---|
 * | `name!:` | required |
 * | `string` `int` `bool` `time` `microtime` `quantity` `intstr` `bytes` `any` | scalars; any JSON |
 * | `Type` | another type, of the same package first |
 * | `[T]` `[T]=` `[T]{k,l}` | list: atomic, a set, a map by keys (the first is the key of a strategic merge) |
 * | `[T]~k` | atomic for server-side apply, merged by `k` by a strategic merge |
 * | `<T>` `<T>!` | map of names, granular or atomic |
 * | `^` at the end | a strategic merge retains the keys it is told |
 * | `=word` at the end | default |
 *
 * @throws TypeError where the notation is wrong: it is our own text.
 */
export function readTypes(text: string): Definitions {
  const lines = text.split("\n").filter((line) => line !== "");
  const homes = new Map<string, string[]>();
  let home = "";
  const types = lines.flatMap((line) => {
    if (line.startsWith("@")) {
      home = line.slice(1);
      return [];
    }
    const [, atomic = "", name = "", rest = ""] = /^(!?)(\w+) ?(.*)$/.exec(line) ?? [];
    homes.set(name, [...(homes.get(name) ?? []), home]);
    return [{ home, name, atomic: atomic !== "", fields: rest.split(" ").filter((field) => field !== "") }];
  });
  const refer = (name: string, from: string): JsonSchema => {
    const found = homes.get(name) ?? [];
    const at = found.includes(from) ? from : found[0];
    if (at === undefined) throw new TypeError(`type ${name} is not defined`);
    return { $ref: `${refPrefix}${at}.${name}` };
  };
  return Object.fromEntries(
    types.map(({ home: from, name, atomic, fields }) => {
      const properties: Record<string, JsonSchema> = {};
      const required: string[] = [];
      for (const field of fields) {
        const [, key = "", must, notation = ""] = /^(\w+)(!?):(.+)$/.exec(field) ?? [];
        if (key === "") throw new TypeError(`${name}: ${field} is no field`);
        properties[key] = readType(notation, (other) => refer(other, from));
        if (must) required.push(key);
      }
      const schema: JsonSchema = { type: "object", properties };
      if (required.length > 0) schema.required = required;
      if (atomic) schema["x-kubernetes-map-type"] = "atomic";
      return [`${from}.${name}`, schema];
    }),
  );
}

const scalars: Readonly<Record<string, JsonSchema>> = {
  string: { type: "string" },
  int: { type: "integer", format: "int64" },
  bool: { type: "boolean" },
  time: { type: "string", format: "date-time" },
  microtime: { type: "string", format: "date-time" },
  bytes: { type: "string", format: "byte" },
  quantity: { "x-kubernetes-int-or-string": true },
  intstr: { "x-kubernetes-int-or-string": true },
  any: { "x-kubernetes-preserve-unknown-fields": true },
};

function readType(notation: string, refer: (name: string) => JsonSchema): JsonSchema {
  const [, list, listRest = "", map, mapRest = "", name = "", rest = ""] =
    /^(?:\[(\w+)\](.*)|<(\w+)>(!?)|(\w+)(.*))$/.exec(notation) ?? [];
  const one = (type: string): JsonSchema => structuredClone(scalars[type]) ?? refer(type);
  if (map !== undefined) {
    const schema: JsonSchema = { type: "object", additionalProperties: one(map) };
    return mapRest === "!" ? { ...schema, "x-kubernetes-map-type": "atomic" } : schema;
  }
  if (list !== undefined) return readList({ type: "array", items: one(list) }, listRest);
  const schema = one(name);
  if (rest === "") return schema;
  if (rest === "^") return { ...schema, "x-kubernetes-patch-strategy": "retainKeys" };
  if (rest.startsWith("=")) return { ...schema, default: rest.slice(1) };
  throw new TypeError(`${notation} is no type`);
}

function readList(list: JsonSchema, rest: string): JsonSchema {
  if (rest === "") return { ...list, "x-kubernetes-list-type": "atomic" };
  if (rest === "=") return { ...list, "x-kubernetes-list-type": "set", "x-kubernetes-patch-strategy": "merge" };
  if (rest.startsWith("~")) {
    const merged: JsonSchema = { "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": rest.slice(1) };
    return { ...list, "x-kubernetes-list-type": "atomic", ...merged };
  }
  const [, keys = "", retain = ""] = /^\{([\w,]+)\}(\^?)$/.exec(rest) ?? [];
  const [first = "", ...others] = keys.split(",");
  if (first === "") throw new TypeError(`${rest} is no kind of list`);
  return {
    ...list,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": [first, ...others],
    "x-kubernetes-patch-strategy": retain === "" ? "merge" : "merge,retainKeys",
    "x-kubernetes-patch-merge-key": first,
  };
}
