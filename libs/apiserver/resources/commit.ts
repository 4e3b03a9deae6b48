// SPDX-License-Identifier: Apache-2.0
import { tooLarge } from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { type Api, keyOf, type Scope } from "./scope.ts";

/** The largest object that is kept, in bytes: etcd's limit. */
const MAX_OBJECT = 1.5 * 1024 * 1024;

/** Whether nothing holds a deleted object back any more. */
function mayGo(object: ApiObject): boolean {
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = object.metadata;
  if (!deletionTimestamp || (finalizers ?? []).length > 0 || (deletionGracePeriodSeconds ?? 0) > 0) return false;
  const spec = object["spec"];
  if (object.kind !== "Namespace" || object.apiVersion !== "v1") return true;
  return ((spec as { finalizers?: string[] } | undefined)?.finalizers ?? []).length === 0;
}

/** Writes a state, or removes the object where nothing holds it back any more. @returns the state with its resourceVersion. */
export function commit(api: Api, scope: Scope, object: ApiObject, stored: StoredObject | undefined, old?: ApiObject): ApiObject {
  const { type } = scope;
  const key = keyOf(scope, object.metadata.name);
  const shown = object.apiVersion;
  const written = { ...object, apiVersion: type.storage === "events" ? shown : apiVersionOf(type.group, type.storageVersion) };
  if (JSON.stringify(written).length > MAX_OBJECT) throw tooLarge("etcdserver: request is too large");
  if (scope.dryRun) return object;
  if (stored && old && mayGo(object)) api.store.remove(key, written, stored);
  else api.store.put(key, written, stored);
  object.metadata.resourceVersion = written.metadata.resourceVersion as string;
  return object;
}
