// SPDX-License-Identifier: Apache-2.0
import { isObject, type Json, type JsonObject, own } from "../patch/json.ts";

/** What stands at a path such as "status.phase". */
export function at(object: Json | undefined, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>((value, name) => (isObject(value) ? own(value, name) : undefined), object);
}

/** As text; "" where there is none. */
export function text(object: Json | undefined, path: string): string {
  const value = at(object, path);
  return value === undefined || value === null ? "" : String(value);
}

/** As a number; 0 where there is none. */
export function count(object: Json | undefined, path: string): number {
  const value = at(object, path);
  return typeof value === "number" ? value : 0;
}

/** The objects of a list. */
export function list(object: Json | undefined, path: string): JsonObject[] {
  const value = at(object, path);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The texts of a list. */
export function texts(object: Json | undefined, path: string): string[] {
  const value = at(object, path);
  return Array.isArray(value) ? value.map(String) : [];
}

/** Members of an object; none where there is none. */
export function members(object: Json | undefined, path: string): [string, Json][] {
  const value = at(object, path);
  return isObject(value) ? (Object.entries(value).filter(([, one]) => one !== undefined) as [string, Json][]) : [];
}

/** A text, or `<none>`. */
export const orNone = (value: string) => (value === "" ? "<none>" : value);

/** A LabelSelector or a map of labels as `kubectl` prints it: "a=b,c in (d,e)". */
export function printSelector(object: Json | undefined, path: string): string {
  const selector = at(object, path);
  const labels =
    isObject(selector) && (isObject(selector["matchLabels"]) || Array.isArray(selector["matchExpressions"])) ? "matchLabels" : "";
  const pairs = members(selector ?? {}, labels).map(([key, value]) => `${key}=${String(value)}`);
  const plain = labels === "" ? members(object, path).map(([key, value]) => `${key}=${String(value)}`) : pairs;
  const expressions = list(selector, "matchExpressions").map((one) => {
    const [key, values] = [text(one, "key"), texts(one, "values").join(",")];
    const operator = text(one, "operator");
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "In" ? "in" : "notin"} (${values})`;
  });
  return orNone([...plain.sort(), ...expressions].join(","));
}
