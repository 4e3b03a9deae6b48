// SPDX-License-Identifier: Apache-2.0
import { badRequest, invalid, invalidValue } from "../http/status_error.ts";
import type { ApiObject, Meta } from "../kinds/api_object.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import { isObject, type Json, type JsonObject } from "../patch/mod.ts";
import { strictDecodingError } from "../schema/structural_schema.ts";
import type { Scope } from "./scope.ts";

function typeName(value: Json): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : value === null ? "null" : typeof value;
}

function wrong(field: string, value: Json, expected: string): never {
  throw badRequest(
    `json: cannot unmarshal ${typeName(value)} into Go struct field ObjectMeta.metadata.${field} of type ${expected}`,
  );
}

const TEXTS = [
  "name",
  "generateName",
  "namespace",
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "deletionTimestamp",
  "selfLink",
];

/** metadata with members of the right types; null counts as absent, as everywhere in the API. */
export function readMeta(value: Json | undefined): Meta {
  if (value === undefined || value === null) return { name: "" };
  if (!isObject(value))
    throw badRequest(`json: cannot unmarshal ${typeName(value)} into Go struct field .metadata of type v1.ObjectMeta`);
  const meta: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === null || member === undefined) continue;
    if (TEXTS.includes(key) && typeof member !== "string") wrong(key, member, "string");
    if (key === "labels" || key === "annotations") {
      if (!isObject(member)) wrong(key, member, "map[string]string");
      for (const one of Object.values(member)) if (typeof one !== "string") wrong(key, one ?? null, "string");
    }
    if (key === "finalizers" && !(Array.isArray(member) && member.every((one) => typeof one === "string")))
      wrong(key, member, "[]string");
    if ((key === "ownerReferences" || key === "managedFields") && !(Array.isArray(member) && member.every(isObject)))
      wrong(key, member, "[]v1.OwnerReference");
    meta[key] = member;
  }
  return { ...meta, name: typeof meta["name"] === "string" ? meta["name"] : "" };
}

/**
 * Makes an object of the request's type from a body, its head first. Missing kind and apiVersion are filled in for built-in kinds.
 *
 * @throws StatusError 400 where the body is no object, or one of another kind, name or namespace than the request's path names.
 */
export function readObject(scope: Scope, value: Json): ApiObject {
  return decodeObject(scope, readHead(scope, value));
}

/** As readObject, without a look at what is not the object's head. @param whole kind and apiVersion must be there. */
export function readHead(scope: Scope, value: Json, whole = !scope.type.builtIn): ApiObject {
  const { type } = scope;
  if (!isObject(value)) throw badRequest("couldn't get version/kind; json parse error: the body is not an object");
  const expected = apiVersionOf(type.group, scope.version.name);
  const { apiVersion, kind, metadata, ...rest } = value;
  if (apiVersion !== undefined && apiVersion !== expected)
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`);
  if (kind !== undefined && kind !== type.kind && !type.builtIn) {
    const name = readMeta(metadata).name;
    throw invalid(type.group, type.kind, name, [invalidValue("kind", kind, `must be ${type.kind}`)]);
  }
  if (kind !== undefined && kind !== type.kind)
    throw badRequest(`${type.kind} in version "${scope.version.name}" cannot be handled as a ${kind}: kind does not match`);
  if (whole && (apiVersion === undefined || kind === undefined))
    throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(value).slice(0, 200)}'`);
  const meta = readMeta(metadata);
  if (scope.name !== undefined && meta.name !== "" && meta.name !== scope.name)
    throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${scope.name})`);
  if (scope.namespace && meta.namespace && meta.namespace !== scope.namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  if (scope.name !== undefined) meta.name = scope.name;
  if (type.namespaced) meta.namespace = scope.namespace;
  else delete meta.namespace;
  return { apiVersion: expected, kind: type.kind, metadata: meta, ...rest };
}

/**
 * Makes an object one of its schema: unknown members are removed and, as `?fieldValidation=` asks, told or refused.
 *
 * @throws StatusError 400 under fieldValidation=Strict, and where a built-in kind has members of the wrong type.
 */
export function decodeObject(scope: Scope, object: ApiObject): ApiObject {
  const { schema } = scope.version;
  if (!schema) return object;
  const mode = scope.query.get("fieldValidation") || "Warn";
  if (!["Strict", "Warn", "Ignore"].includes(mode))
    throw badRequest(`fieldValidation: Unsupported value: ${JSON.stringify(mode)}: supported values: "Ignore", "Strict", "Warn"`);
  const { object: pruned, unknown } = schema.prune(object);
  if (unknown.length > 0 && mode === "Strict") throw badRequest(strictDecodingError(object, unknown));
  if (mode === "Warn") for (const path of unknown) scope.warn(`unknown field "${path}"`);
  const fault = scope.type.builtIn ? schema.undecodable(pruned) : undefined;
  if (fault !== undefined) throw badRequest(fault);
  const { apiVersion, kind } = object;
  return { ...pruned, apiVersion, kind, metadata: readMeta(pruned["metadata"]) };
}
