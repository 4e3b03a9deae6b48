// SPDX-License-Identifier: Apache-2.0
import { type Cause, immutable } from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import { sameJson } from "../patch/mod.ts";
import type { Scope } from "./scope.ts";

/** Only a deletion marks an object as deleted. */
export function deletionFaults({ metadata }: ApiObject, { metadata: was }: ApiObject): Cause[] {
  return (["deletionTimestamp", "deletionGracePeriodSeconds"] as const)
    .filter((member) => metadata[member] !== undefined && metadata[member] !== was[member])
    .map((member) => immutable(`metadata.${member}`, metadata[member]));
}

/** Members that the server alone sets, and what the written part (main or status) does not cover. */
export function keepSystemFields(scope: Scope, object: ApiObject, old: ApiObject): void {
  const { type, version, subresource } = scope;
  const [meta, was] = [object.metadata, old.metadata];
  for (const member of [
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "resourceVersion",
  ] as const) {
    if (was[member] === undefined) delete meta[member];
    else Object.assign(meta, { [member]: was[member] });
  }
  if (meta.managedFields === undefined && was.managedFields) meta.managedFields = was.managedFields;
  if (subresource === "status") {
    const { managedFields } = meta;
    const status = object["status"];
    for (const key of Object.keys(object)) if (!["apiVersion", "kind", "metadata"].includes(key)) delete object[key];
    for (const [key, value] of Object.entries(old))
      if (!["apiVersion", "kind", "metadata", "status"].includes(key)) object[key] = value;
    if (status !== undefined) object["status"] = status;
    if (!type.builtIn) object.metadata = { ...was, ...(managedFields && { managedFields }) };
  } else if (version.status && subresource === undefined) {
    if (old["status"] === undefined) delete object["status"];
    else object["status"] = old["status"];
  }
}

/** The generation counts changes of what is wanted. */
export function bumpGeneration(scope: Scope, object: ApiObject, old: ApiObject): void {
  const { type, version } = scope;
  if (type.builtIn && !type.generation) return;
  const counted = (one: ApiObject) => {
    const { metadata: _, status, ...rest } = one;
    return version.status || type.builtIn ? rest : { ...rest, ...(status !== undefined && { status }) };
  };
  if (!sameJson(counted(object), counted(old))) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** Whether a write changes nothing but, maybe, times of ownership. */
export function sameObject(object: ApiObject, old: ApiObject): boolean {
  const timeless = ({ metadata, ...rest }: ApiObject) => {
    const managedFields = (metadata.managedFields ?? []).map((entry) => ({ ...(entry as object), time: "" }));
    return { ...rest, metadata: { ...metadata, managedFields } };
  };
  return sameJson(timeless(object), timeless(old));
}
