// SPDX-License-Identifier: Apache-2.0
import { self } from "../auth/user.ts";
import { StatusError } from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import type { JsonObject } from "../patch/mod.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { type DeleteOptions, deleteObject } from "./delete.ts";
import type { Api, Scope } from "./scope.ts";
import { createObject, updateObject } from "./write.ts";

/** A request that the server makes to itself, by the name under which the kind's objects lie. Undefined where it is not served. */
export function internalScope(api: Api, storage: string, namespace: string, subresource?: string): Scope | undefined {
  const type = api.types.byStorage(storage);
  const version = type?.versions.find(({ name }) => name === type.storageVersion) ?? type?.versions[0];
  if (!type || !version) return undefined;
  return {
    user: self,
    type,
    version,
    namespace,
    ...(subresource && { subresource }),
    query: new URLSearchParams(),
    headers: new Headers(),
    dryRun: false,
    manager: "strait-apiserver",
    warn: () => {},
  };
}

/** Rules for others do not bind the server itself. */
function unbound(api: Api): Api {
  return { ...api, admission: [] };
}

/** Creates an object unless it is there; the rest of its head is filled in. @returns whether it was created. */
export function ensure(api: Api, storage: string, namespace: string, name: string, rest: JsonObject = {}): boolean {
  const scope = internalScope(api, storage, namespace);
  if (!scope || api.store.get({ resource: storage, namespace, name })) return false;
  const { metadata, ...body } = rest;
  const object: ApiObject = {
    apiVersion: apiVersionOf(scope.type.group, scope.version.name),
    kind: scope.type.kind,
    metadata: { ...(metadata as JsonObject), name, ...(scope.type.namespaced && { namespace }) },
    ...body,
  };
  createObject(unbound(api), scope, object);
  return true;
}

/** Changes an object if it is there. @returns whether it was. */
export function change(
  api: Api,
  { resource, namespace, name }: Pick<StoredObject, "resource" | "namespace" | "name">,
  edit: (object: ApiObject) => void,
  subresource?: string,
): boolean {
  const scope = internalScope(api, resource, namespace, subresource);
  if (!scope || !api.store.get({ resource, namespace, name })) return false;
  updateObject(unbound(api), scope, name, (object) => {
    edit(object);
    return object;
  });
  return true;
}

/** Deletes an object if it is there and still as expected. @returns whether it was. */
export function discard(
  api: Api,
  { resource, namespace, name }: Pick<StoredObject, "resource" | "namespace" | "name">,
  options: Partial<DeleteOptions> = {},
): boolean {
  const scope = internalScope(api, resource, namespace);
  if (!scope) return false;
  try {
    deleteObject(unbound(api), scope, name, { dryRun: false, ...options });
    return true;
  } catch (error) {
    if (error instanceof StatusError && (error.code === 404 || error.code === 409)) return false;
    throw error;
  }
}
