// SPDX-License-Identifier: Apache-2.0

import { serverSideApply } from "../apply/mod.ts";
import { denial } from "../auth/authorize.ts";
import { isTrue } from "../http/request_info.ts";
import { forbidden, invalidOption, required, StatusError } from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import type { Json, JsonObject } from "../patch/mod.ts";
import { rootedOf, writeOf } from "./field_managers.ts";
import { decodeObject, readHead, readMeta } from "./read_object.ts";
import { type Api, keyOf, type Scope } from "./scope.ts";
import { createObject, updateObject, type Written } from "./write.ts";

/** Whoever makes an object by an update or patch needs the right to create it, too. @throws StatusError 403. */
export function mayCreate(api: Api, { user, type, namespace }: Scope, name: string): void {
  const { group, plural } = type;
  const access = { verb: "create", resource: { group, plural, namespace: namespace || undefined, name } };
  if (!api.allows(user, access)) throw forbidden(type, name, denial(user, access));
}

/** Server-side apply: creates the object or lays the applied fields over it. @throws StatusError 400, 409 with the fields in conflict, 4xx. */
export function applyObject(api: Api, scope: Scope, name: string, body: Json): Written {
  const { query, subresource } = scope;
  if (!query.get("fieldManager")) throw invalidOption("PatchOptions", required("fieldManager", "is required for apply patch"));
  const applied = readHead(scope, body, true);
  const force = isTrue(query.get("force"));
  const merge = (live: ApiObject | undefined): ApiObject => {
    const result = serverSideApply(live, applied, rootedOf(scope), { ...writeOf(api, scope, applied.apiVersion), force });
    if (!result.ok) {
      const reason = result.code === 409 ? "Conflict" : result.code === 400 ? "BadRequest" : "InternalError";
      throw new StatusError(result.code, reason, result.reason, result.code === 409 ? { causes: result.causes } : undefined);
    }
    const { apiVersion, kind } = applied;
    const { metadata, ...rest } = result.value as JsonObject;
    return decodeObject(scope, { ...rest, apiVersion, kind, metadata: readMeta(metadata) });
  };
  if (!subresource && !api.store.get(keyOf(scope, name))) {
    mayCreate(api, scope, name);
    const object = merge(undefined);
    if (object.metadata.uid)
      throw new StatusError(
        409,
        "Conflict",
        `uid mismatch: the provided object specified uid ${object.metadata.uid}, and no existing object was found`,
      );
    return createObject(api, scope, object, true);
  }
  return updateObject(api, scope, name, merge, true);
}
