// SPDX-License-Identifier: Apache-2.0
import { forbidden } from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import type { Api, Scope } from "./scope.ts";

/** Asks the embedder's rules. @throws StatusError 403. */
export function admit(
  api: Api,
  scope: Scope,
  verb: "create" | "update" | "delete",
  name: string,
  object: ApiObject | undefined,
  old: ApiObject | undefined,
): void {
  const { user, type, namespace, subresource } = scope;
  const { group, kind, plural } = type;
  const request = { user, verb, group, kind, plural, namespace, name };
  for (const rule of api.admission) {
    const verdict = rule({ ...request, ...(subresource && { subresource }), ...(object && { object }), ...(old && { old }) });
    if (!verdict.ok) throw forbidden(type, name, verdict.reason);
  }
}
