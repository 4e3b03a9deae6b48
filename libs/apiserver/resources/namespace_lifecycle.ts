// SPDX-License-Identifier: Apache-2.0
import { forbidden, notFound, StatusError } from "../http/status_error.ts";
import { parseStored } from "../kinds/api_object.ts";
import type { Api, Scope } from "./scope.ts";

const namespaces = { group: "", plural: "namespaces" };

/**
 * Objects are created only in a namespace that is there and stays.
 *
 * @throws StatusError 404 where the namespace does not exist, 403 where it is being deleted.
 */
export function checkNamespace(api: Api, scope: Scope): void {
  if (!scope.type.namespaced) return;
  const { namespace } = scope;
  const found = api.store.get({ resource: "namespaces", namespace: "", name: namespace });
  if (!found) throw notFound(namespaces, namespace);
  if (!parseStored(found).metadata.deletionTimestamp) return;
  const refusal = forbidden(
    scope.type,
    scope.name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  throw new StatusError(refusal.code, refusal.reason, refusal.message, {
    ...refusal.details,
    causes: [
      { reason: "NamespaceTerminating", message: `namespace ${namespace} is being terminated`, field: "metadata.namespace" },
    ],
  });
}
