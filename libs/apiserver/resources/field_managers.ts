// SPDX-License-Identifier: Apache-2.0
import { trackUpdate, type Write } from "../apply/mod.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import { builtinDefinitions, objectMeta } from "../schema/builtin_schema.ts";
import type { RootedSchema } from "../schema/json_schema.ts";
import type { Api, Scope } from "./scope.ts";

/** Of kinds that nothing looks into: what lies in them is granular, lists are atomic. */
export const unknownKind: RootedSchema = {
  schema: { type: "object", properties: { metadata: { $ref: objectMeta } }, "x-kubernetes-preserve-unknown-fields": true },
  definitions: builtinDefinitions,
};

export function rootedOf({ version }: Scope): RootedSchema {
  return version.schema?.rooted ?? unknownKind;
}

/** The write that a request is, for the record of ownership. */
export function writeOf(api: Api, scope: Scope, apiVersion: string): Write {
  const { version, subresource, manager } = scope;
  const resets = subresource === "status" ? ["metadata", "spec"] : version.status && subresource === undefined ? ["status"] : [];
  return { manager, apiVersion, ...(subresource && { subresource }), resets, now: new Date(api.now()) };
}

/** Records in `object` who set which field. `old` is absent for a creation. */
export function trackFields(api: Api, scope: Scope, object: ApiObject, old?: ApiObject): void {
  const tracked = trackUpdate(old, object, rootedOf(scope), writeOf(api, scope, object.apiVersion));
  object.metadata = tracked["metadata"] as ApiObject["metadata"];
}
