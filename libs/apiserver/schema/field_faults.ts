// SPDX-License-Identifier: Apache-2.0
import type { ErrorObject } from "ajv";
import { canonical, isObject, type Json, own } from "../patch/json.ts";
import { type Definitions, deref, type JsonSchema, type RootedSchema } from "./json_schema.ts";

/** One field's fault: a cause of a metav1.Status. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** "spec.list[0].name" of "/spec/list/0/name". */
function fieldOf(pointer: string): string {
  const names = pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  return names.reduce((path, name) => (/^\d+$/.test(name) ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`), "");
}

const typeName = (value: unknown) => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" ? (Number.isInteger(value) ? "integer" : "number") : typeof value;
};

/** Faults that ajv found, as Kubernetes words them. What is wrong inside the branches of a choice is told by the choice alone. */
export function worded(errors: readonly ErrorObject[]): Cause[] {
  const causes = errors.filter(({ schemaPath }) => !/\/(?:anyOf|oneOf)\/\d+\/|\/not\/./.test(schemaPath)).map(word);
  const seen = new Set<string>();
  return causes.filter((cause) => {
    const key = canonical([cause.field, cause.message]);
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}

function word({ keyword, instancePath, params, data, parentSchema }: ErrorObject): Cause {
  const field = fieldOf(instancePath);
  const value = JSON.stringify(data);
  const invalid = (rule: string): Cause => ({
    reason: "FieldValueInvalid",
    message: `Invalid value: ${value}: ${field} in body ${rule}`,
    field,
  });
  const limit = String(params["limit"] ?? "");
  switch (keyword) {
    case "required": {
      const missing = String(params["missingProperty"]);
      return { reason: "FieldValueRequired", message: "Required value", field: field === "" ? missing : `${field}.${missing}` };
    }
    case "type": {
      const wanted = [params["type"] as string | string[]].flat().filter((type) => type !== "null");
      const is = typeName(data);
      const message = `Invalid value: "${is}": ${field} in body must be of type ${wanted.join(",")}: "${is}"`;
      return { reason: "FieldValueTypeInvalid", message, field };
    }
    case "format":
      return invalid(`must be of type ${String(params["format"])}: ${value}`);
    case "enum": {
      const allowed = (params["allowedValues"] as Json[]).filter((one) => one !== null).map((one) => JSON.stringify(one));
      return {
        reason: "FieldValueNotSupported",
        message: `Unsupported value: ${value}: supported values: ${allowed.join(", ")}`,
        field,
      };
    }
    case "maxLength":
      return { reason: "FieldValueTooLong", message: `Too long: may not be more than ${limit} bytes`, field };
    case "maxItems":
    case "maxProperties": {
      const size = Array.isArray(data) ? data.length : Object.keys(data as object).length;
      return { reason: "FieldValueTooMany", message: `Too many: ${size}: must have at most ${limit} items`, field };
    }
    case "minLength":
      return invalid(`should be at least ${limit} chars long`);
    case "minItems":
      return invalid(`should have at least ${limit} items`);
    case "minProperties":
      return invalid(`should have at least ${limit} properties`);
    case "minimum":
      return invalid(`should be greater than or equal to ${limit}`);
    case "exclusiveMinimum":
      return invalid(`should be greater than ${limit}`);
    case "maximum":
      return invalid(`should be less than or equal to ${limit}`);
    case "exclusiveMaximum":
      return invalid(`should be less than ${limit}`);
    case "multipleOf":
      return invalid(`should be a multiple of ${String(params["multipleOf"])}`);
    case "pattern":
      return invalid(`should match '${String((parentSchema as JsonSchema | undefined)?.pattern ?? params["pattern"])}'`);
    case "anyOf":
      return invalid("must validate at least one schema (anyOf)");
    case "oneOf":
      return invalid("must validate one and only one schema (oneOf)");
    case "not":
      return invalid("must not validate the schema (not)");
    default:
      return invalid(`breaks the rule ${keyword}`);
  }
}

/** Items of list-maps and sets that are there twice. */
export function listKeyFaults(object: Json, { schema, definitions }: RootedSchema): Cause[] {
  const causes: Cause[] = [];
  look(object, schema, definitions, "", causes);
  return causes;
}

function look(value: Json | undefined, given: JsonSchema | undefined, all: Definitions, path: string, causes: Cause[]): void {
  const schema = deref(given, all);
  if (schema === undefined) return;
  if (isObject(value)) {
    const others = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
    for (const [name, member] of Object.entries(value)) {
      const inner = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : others;
      if (inner !== undefined) look(member, inner, all, path === "" ? name : `${path}.${name}`, causes);
    }
  }
  if (!Array.isArray(value)) return;
  const type = schema["x-kubernetes-list-type"];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    look(item, schema.items, all, `${path}[${index}]`, causes);
    if (type !== "set" && type !== "map") continue;
    const id = type === "set" || !isObject(item) ? item : Object.fromEntries(keys.map((key) => [key, own(item, key) ?? null]));
    const text = canonical(id);
    if (seen.has(text))
      causes.push({ reason: "FieldValueDuplicate", message: `Duplicate value: ${text}`, field: `${path}[${index}]` });
    seen.add(text);
  }
}
