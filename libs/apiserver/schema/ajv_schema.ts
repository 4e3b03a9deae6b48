// SPDX-License-Identifier: Apache-2.0
import { Ajv, type ValidateFunction } from "ajv";
import { isObject, type Json, type JsonObject } from "../patch/json.ts";
import type { RootedSchema } from "./json_schema.ts";

/** Members whose values are schemas, one or by name. */
const one = ["items", "additionalProperties", "not"];
const lists = ["allOf", "anyOf", "oneOf"];
/** Members that ajv reads as Kubernetes means them. */
const same = [
  "$ref",
  "type",
  "format",
  "maxLength",
  "minLength",
  "pattern",
  "maxItems",
  "minItems",
  "uniqueItems",
  "multipleOf",
  "required",
];
const counts = ["maxProperties", "minProperties"];

/** Kubernetes' dialect (OpenAPI 3.0 with extensions) as JSON Schema. */
function toJsonSchema(given: Json | undefined): Json {
  if (!isObject(given)) return given ?? {};
  const result: JsonObject = {};
  for (const name of [...same, ...counts]) if (given[name] !== undefined) result[name] = given[name];
  for (const name of one) if (given[name] !== undefined) result[name] = toJsonSchema(given[name]);
  for (const name of lists) if (Array.isArray(given[name])) result[name] = given[name].map(toJsonSchema);
  if (isObject(given["properties"]))
    result["properties"] = Object.fromEntries(
      Object.entries(given["properties"]).map(([name, value]) => [name, toJsonSchema(value)]),
    );
  const exclusive = (limit: string, flag: string) => {
    if (given[limit] !== undefined) result[given[flag] === true ? flag : limit] = given[limit];
  };
  exclusive("maximum", "exclusiveMaximum");
  exclusive("minimum", "exclusiveMinimum");
  if (given["x-kubernetes-int-or-string"] === true) result["type"] = ["integer", "string"];
  if (given["x-kubernetes-embedded-resource"] === true) {
    const before = Array.isArray(result["required"]) ? result["required"] : [];
    result["required"] = [...new Set([...before, "apiVersion", "kind"])];
  }
  const nullable = given["nullable"] === true;
  if (Array.isArray(given["enum"])) result["enum"] = nullable ? [...given["enum"], null] : given["enum"];
  if (nullable && result["type"] !== undefined) result["type"] = [...[result["type"]].flat(), "null"] as Json;
  return result;
}

const int = (bits: number) => (value: number) =>
  Number.isInteger(value) && value >= -(2 ** (bits - 1)) && value < 2 ** (bits - 1);
const octet = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const isIpv6 = (text: string) => text.includes(":") && /^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]/`);

/** The formats that the API server checks; it lets others pass, and so do we. */
const formats = {
  "date-time": (text: string) =>
    /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
  date: (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
  byte: (text: string) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  ipv4,
  ipv6: isIpv6,
  cidr: (text: string) => {
    const [address = "", bits = "", more] = text.split("/");
    if (more !== undefined || !/^\d{1,3}$/.test(bits)) return false;
    return ipv4.test(address) ? Number(bits) <= 32 : isIpv6(address) && Number(bits) <= 128;
  },
  mac: /^[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}$/,
  uuid: /^[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$/,
  int32: { type: "number" as const, validate: int(32) },
  int64: { type: "number" as const, validate: int(64) },
};

/**
 * A checker of objects by a schema. Its errors carry the value and the schema that it broke.
 *
 * @throws Error where the schema itself is wrong, for example a pattern that is no regular expression.
 */
export function compileAjv({ schema, definitions }: RootedSchema): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true, verbose: true, unicodeRegExp: false, formats, logger: false });
  const referred = reachable(schema as Json, definitions as Readonly<Record<string, Json>>);
  const shared = Object.fromEntries([...referred].map((name) => [name, toJsonSchema(definitions[name] as Json | undefined)]));
  return ajv.compile({ ...(toJsonSchema(schema as Json) as JsonObject), definitions: shared });
}

/** Names of the definitions that a schema leads to. */
function reachable(
  schema: Json | undefined,
  definitions: Readonly<Record<string, Json>>,
  found = new Set<string>(),
): Set<string> {
  if (Array.isArray(schema)) for (const entry of schema) reachable(entry, definitions, found);
  if (!isObject(schema)) return found;
  for (const [name, value] of Object.entries(schema)) {
    if (name !== "$ref" || typeof value !== "string") {
      reachable(value, definitions, found);
      continue;
    }
    const target = value.slice("#/definitions/".length);
    if (found.has(target)) continue;
    found.add(target);
    reachable(definitions[target], definitions, found);
  }
  return found;
}
