// SPDX-License-Identifier: Apache-2.0

/** What JSON can say. Objects of the API are of this type until a decoder has looked at them. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object. A member that is absent reads as undefined. */
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** Whether a value is a JSON object (no list, not null). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Equal as JSON: the order of members does not count, that of list items does. A member that is undefined counts as absent. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameJson(own(a, key), own(b, key)));
}

/** A member of an object's own: `__proto__` and `constructor` of a hostile body are names like others. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets a member, also one with a name such as `__proto__`. */
export function put(object: JsonObject, key: string, value: Json): void {
  if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

/** A copy that shares nothing. */
export function copy<T extends Json>(value: T): T {
  return structuredClone(value);
}

/** One text per JSON value, whatever the order of members: the key of a set. */
export function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}
