// SPDX-License-Identifier: Apache-2.0
import { isObject, type Json, type JsonObject } from "../patch/json.ts";
import { builtinDefinitions } from "../schema/builtin_schema.ts";
import { refPrefix } from "../schema/json_schema.ts";
import { type ServedType, schemaName } from "./served_type.ts";

/** Where references lead: OpenAPI 2 and 3 keep schemas in other places. */
export interface Dialect {
  readonly prefix: "#/definitions/" | "#/components/schemas/";
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1";
const listMeta: JsonObject = {
  type: "object",
  description: "ListMeta describes a list: where it stands and how it goes on.",
  properties: {
    continue: { type: "string" },
    remainingItemCount: { type: "integer", format: "int64" },
    resourceVersion: { type: "string" },
    selfLink: { type: "string" },
  },
};

/** The schema's name of a type. */
export function nameOf(type: ServedType): string {
  if (!type.builtIn) return schemaName(type);
  const gvk = ({ group, version, kind }: { group: string; version: string; kind: string }) => `${group}/${version}/${kind}`;
  const found = Object.entries(builtinDefinitions).find(([, schema]) =>
    schema["x-kubernetes-group-version-kind"]?.some((one) => gvk(one) === gvk(type)),
  );
  return found?.[0] ?? schemaName(type);
}

/** All schemas that these types need, by name: the types, their lists, and whatever they refer to. */
export function schemasOf(types: readonly ServedType[], dialect: Dialect): JsonObject {
  const result: JsonObject = {};
  const wanted: string[] = [];
  const shown = (schema: Json) => translate(schema, dialect, wanted);
  for (const type of types) {
    const { group, version, kind } = type;
    const name = nameOf(type);
    const own = isObject(type.schema.schema as Json) ? (type.schema.schema as JsonObject) : {};
    result[name] = {
      description: `${kind} of ${group === "" ? version : `${group}/${version}`}.`,
      ...(shown(own) as JsonObject),
      "x-kubernetes-group-version-kind": [{ group, version, kind }],
    };
    result[`${name}List`] = {
      type: "object",
      description: `A list of ${kind}.`,
      required: ["items"],
      properties: {
        apiVersion: { type: "string" },
        kind: { type: "string" },
        metadata: { $ref: `${dialect.prefix}${META}.ListMeta` },
        items: { type: "array", items: { $ref: `${dialect.prefix}${name}` } },
      },
      "x-kubernetes-group-version-kind": [{ group, version, kind: `${kind}List` }],
    };
  }
  result[`${META}.ListMeta`] = listMeta;
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (result[name] === undefined) result[name] = shown(builtinDefinitions[name] as Json);
  }
  return result;
}

/** A schema in the words of OpenAPI; notes the names it refers to. */
function translate(schema: Json, dialect: Dialect, wanted: string[]): Json {
  if (Array.isArray(schema)) return schema.map((one) => translate(one, dialect, wanted));
  if (!isObject(schema)) return schema;
  const { $ref: ref, ...rest } = schema;
  if (typeof ref === "string") {
    const name = ref.slice(refPrefix.length);
    wanted.push(name);
    const refers = { $ref: `${dialect.prefix}${name}` };
    // A reference stands alone; what else is said of the place goes around it.
    return Object.keys(rest).length === 0 ? refers : { ...(translate(rest, dialect, wanted) as JsonObject), allOf: [refers] };
  }
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || (name === "allOf" && Array.isArray(value) && value.length === 0)) continue;
    // Names of fields are no words of the dialect: a field may be called $ref.
    if (name === "properties" && isObject(value))
      result[name] = Object.fromEntries(
        Object.entries(value).map(([field, one]) => [field, translate(one ?? {}, dialect, wanted)]),
      );
    else result[name] = ["default", "enum", "example"].includes(name) ? value : translate(value, dialect, wanted);
  }
  if (schema["x-kubernetes-int-or-string"] === true && schema["type"] === undefined && schema["anyOf"] === undefined) {
    if (dialect.prefix === "#/definitions/") return { ...result, type: "string", format: "int-or-string" };
    return { ...result, anyOf: [{ type: "integer" }, { type: "string" }] };
  }
  if (schema["x-kubernetes-preserve-unknown-fields"] === true && schema["type"] === undefined)
    return { ...result, type: "object" };
  return result;
}
