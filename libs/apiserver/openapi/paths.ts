// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from "../patch/json.ts";
import { nameOf } from "./schemas.ts";
import { groupVersionPath, type ServedType } from "./served_type.ts";

/** How one operation is written in a version of OpenAPI. */
export interface OperationStyle {
  parameter(name: string, where: "path" | "query", type: string, required?: boolean): JsonObject;
  operation(parts: { parameters: JsonObject[]; takes: readonly string[]; schema: string; answers: string }): JsonObject;
}

const patches = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
const writes = ["dryRun", "fieldManager", "fieldValidation"];
const lists = [
  "allowWatchBookmarks:boolean",
  "continue",
  "fieldSelector",
  "labelSelector",
  "limit:integer",
  "resourceVersion",
  "resourceVersionMatch",
  "sendInitialEvents:boolean",
  "timeoutSeconds:integer",
  "watch:boolean",
];
const deletes = ["dryRun", "gracePeriodSeconds:integer", "orphanDependents:boolean", "propagationPolicy"];

/**
 * The paths of a kind. `kubectl` looks at them before it writes: whether a PATCH knows `fieldValidation`, and whether it takes a
 * strategic merge patch.
 */
export function pathsOf(type: ServedType, style: OperationStyle): JsonObject {
  const { group, version, kind, plural, namespaced, builtIn } = type;
  const root = `/${groupVersionPath(type)}`;
  const name = nameOf(type);
  const space = namespaced ? [style.parameter("namespace", "path", "string", true)] : [];
  const one = [...space, style.parameter("name", "path", "string", true)];
  const query = (names: readonly string[]) =>
    names.map((entry) => {
      const [key = "", kindOf = "string"] = entry.split(":");
      return style.parameter(key, "query", kindOf);
    });
  const about = { "x-kubernetes-group-version-kind": { group, version, kind } };
  const say = (action: string, takes: readonly string[], parameters: JsonObject[], answers = name): JsonObject => ({
    ...style.operation({ parameters, takes, schema: name, answers }),
    "x-kubernetes-action": action,
    ...about,
  });
  const json = ["application/json", "application/yaml"];
  const takesPatch = builtIn ? [...patches, "application/strategic-merge-patch+json"] : patches;
  const item = (what: string): JsonObject => ({
    get: say("get", [], query(["resourceVersion"])),
    put: say("put", json, query(writes)),
    patch: say("patch", takesPatch, query([...writes, "force:boolean"])),
    ...(what === "" && { delete: say("delete", json, query(deletes)) }),
    parameters: one,
  });
  const collection: JsonObject = {
    get: say("list", [], query(lists), `${name}List`),
    post: say("post", json, query(writes)),
    delete: say("deletecollection", json, query([...lists, ...deletes])),
    ...(namespaced && { parameters: space }),
  };
  const base = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const paths: JsonObject = { [base]: collection, [`${base}/{name}`]: item("") };
  for (const part of type.subresources) paths[`${base}/{name}/${part}`] = item(part);
  if (namespaced) paths[`${root}/${plural}`] = { get: say("list", [], query(lists), `${name}List`) };
  return paths;
}
