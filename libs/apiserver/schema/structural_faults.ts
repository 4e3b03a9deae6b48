// SPDX-License-Identifier: Apache-2.0
import { isObject, type Json, type JsonObject } from "../patch/json.ts";
import type { Cause } from "./field_faults.ts";

const forbidden = ["$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id", "$schema"];
const types = ["object", "array", "string", "integer", "number", "boolean"];
/** What a branch of a choice may not say: it would make the structure depend on values. */
const notInBranches = ["description", "type", "default", "additionalProperties", "nullable"];

/**
 * Why a CRD's schema is not structural, field by field; empty where it is. Fields start at `openAPIV3Schema`.
 *
 * @example structuralFaults({ type: "object", properties: { spec: {} } }) // properties[spec].type: Required value: …
 */
export function structuralFaults(schema: Json, at = "openAPIV3Schema"): Cause[] {
  const causes: Cause[] = [];
  const say = (reason: string, field: string, message: string) => causes.push({ reason, field, message });
  const required = (field: string, why: string) => say("FieldValueRequired", field, `Required value: ${why}`);
  const forbid = (field: string, why: string) => say("FieldValueForbidden", field, `Forbidden: ${why}`);
  const invalid = (field: string, value: Json, why: string) =>
    say("FieldValueInvalid", field, `Invalid value: ${JSON.stringify(value)}: ${why}`);

  if (!isObject(schema)) return [{ reason: "FieldValueInvalid", field: at, message: "Invalid value: a schema is an object" }];
  if (schema["type"] !== "object")
    if (schema["type"] === undefined) required(`${at}.type`, "must not be empty at the root");
    else invalid(`${at}.type`, schema["type"], "must be object at the root");
  if (schema["x-kubernetes-embedded-resource"] !== undefined)
    forbid(`${at}.x-kubernetes-embedded-resource`, "must not be used at the root");
  structure(schema, at, "object fields");
  return causes;

  function structure(one: JsonObject, path: string, what: string): void {
    const { type, properties, additionalProperties, items } = one;
    const intOrString = one["x-kubernetes-int-or-string"] === true;
    const open = one["x-kubernetes-preserve-unknown-fields"] === true;
    if (type === undefined && !intOrString && !open && path !== at)
      required(`${path}.type`, `must not be empty for specified ${what}`);
    if (type !== undefined && !types.includes(String(type)))
      say(
        "FieldValueNotSupported",
        `${path}.type`,
        `Unsupported value: ${JSON.stringify(type)}: supported values: ${types.map((name) => `"${name}"`).join(", ")}`,
      );
    if (type !== undefined && intOrString) forbid(`${path}.type`, "must be empty if x-kubernetes-int-or-string is true");
    for (const name of forbidden) if (one[name] !== undefined) forbid(`${path}.${name}`, `${name} is not supported`);
    if (one["uniqueItems"] === true)
      forbid(`${path}.uniqueItems`, "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
    if (additionalProperties === false) forbid(`${path}.additionalProperties`, "additionalProperties cannot be set to false");
    if (properties !== undefined && additionalProperties !== undefined)
      forbid(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive");
    if (Array.isArray(items)) forbid(`${path}.items`, "items must be a schema object and not an array");
    if (type === "array" && items === undefined) required(`${path}.items`, "must be specified");
    if (one["x-kubernetes-embedded-resource"] === true && type !== "object")
      invalid(`${path}.type`, type ?? "", "must be object if x-kubernetes-embedded-resource is true");
    pattern(one, path);
    list(one, path);
    if (isObject(properties))
      for (const [name, inner] of Object.entries(properties))
        if (isObject(inner)) structure(inner, `${path}.properties[${name}]`, "object fields");
    if (isObject(additionalProperties)) structure(additionalProperties, `${path}.additionalProperties`, "object fields");
    if (isObject(items)) structure(items, `${path}.items`, "array items");
    for (const name of ["allOf", "anyOf", "oneOf"]) {
      const branches = one[name];
      if (Array.isArray(branches))
        for (const [index, inner] of branches.entries()) if (isObject(inner)) branch(inner, one, `${path}.${name}[${index}]`);
    }
    if (isObject(one["not"])) branch(one["not"], one, `${path}.not`);
  }

  function pattern(one: JsonObject, path: string): void {
    if (typeof one["pattern"] !== "string") return;
    try {
      new RegExp(one["pattern"]);
    } catch {
      invalid(`${path}.pattern`, one["pattern"], "must be a valid regular expression");
    }
  }

  function list(one: JsonObject, path: string): void {
    const kind = one["x-kubernetes-list-type"];
    const keys = one["x-kubernetes-list-map-keys"];
    if (kind !== undefined && one["type"] !== "array")
      invalid(`${path}.type`, one["type"] ?? "", `must be array if x-kubernetes-list-type is ${String(kind)}`);
    if (kind !== undefined && !["atomic", "set", "map"].includes(String(kind)))
      say(
        "FieldValueNotSupported",
        `${path}.x-kubernetes-list-type`,
        `Unsupported value: ${JSON.stringify(kind)}: supported values: "atomic", "map", "set"`,
      );
    if (kind !== "map") return;
    if (!Array.isArray(keys) || keys.length === 0) {
      required(`${path}.x-kubernetes-list-map-keys`, "must not be empty if x-kubernetes-list-type is map");
      return;
    }
    const items = isObject(one["items"]) ? one["items"] : {};
    const known = isObject(items["properties"]) ? items["properties"] : {};
    const must = Array.isArray(items["required"]) ? items["required"] : [];
    for (const [index, key] of keys.entries()) {
      const field = isObject(known[String(key)]) ? (known[String(key)] as JsonObject) : undefined;
      if (field === undefined)
        invalid(`${path}.x-kubernetes-list-map-keys[${index}]`, key, "entries must all be names of item properties");
      else if (!must.includes(key) && field["default"] === undefined)
        required(
          `${path}.items.properties[${String(key)}].default`,
          "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
        );
    }
  }

  /** A branch of a choice may only narrow values of fields that the structure outside of it names. */
  function branch(one: JsonObject, outside: JsonObject | undefined, path: string): void {
    const intOrString = outside?.["x-kubernetes-int-or-string"] === true;
    for (const name of notInBranches)
      if (one[name] !== undefined && !(intOrString && name === "type"))
        forbid(`${path}.${name}`, "must be empty to be structural");
    pattern(one, path);
    if (isObject(one["properties"])) {
      const known = isObject(outside?.["properties"]) ? outside["properties"] : undefined;
      for (const [name, inner] of Object.entries(one["properties"])) {
        const other = known === undefined ? undefined : known[name];
        if (!isObject(other))
          required(
            `${path.replace(/\.(allOf|anyOf|oneOf)\[\d+\].*|\.not.*/, "")}.properties[${name}]`,
            `because it is defined in ${path}.properties[${name}]`,
          );
        else if (isObject(inner)) branch(inner, other, `${path}.properties[${name}]`);
      }
    }
    if (isObject(one["items"]))
      branch(one["items"], isObject(outside?.["items"]) ? outside["items"] : undefined, `${path}.items`);
    for (const name of ["allOf", "anyOf", "oneOf"]) {
      const branches = one[name];
      if (Array.isArray(branches))
        for (const [index, inner] of branches.entries()) if (isObject(inner)) branch(inner, outside, `${path}.${name}[${index}]`);
    }
    if (isObject(one["not"])) branch(one["not"], outside, `${path}.not`);
  }
}
