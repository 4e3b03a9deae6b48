// SPDX-License-Identifier: Apache-2.0
import { badRequest } from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import { parseFieldSelector, parseLabelSelector } from "../selectors/mod.ts";
import type { Scope } from "./scope.ts";

/** Which objects of a list or watch are meant. */
export interface Selection {
  /** Where only one name can match. */
  readonly name: string | undefined;
  /** Whether anything besides namespace and name narrows it. */
  readonly narrow: boolean;
  matches(object: ApiObject): boolean;
}

/** Reads labelSelector and fieldSelector. @throws StatusError 400 where one is malformed or names a field that cannot be selected on. */
export function selectionOf(scope: Scope): Selection {
  const labels = scope.query.get("labelSelector");
  const fields = scope.query.get("fieldSelector");
  const byLabel = labels ? parseLabelSelector(labels) : undefined;
  if (byLabel && !byLabel.ok) throw badRequest(`unable to parse requirement: ${byLabel.reason}`);
  const byField = fields ? parseFieldSelector(fields, scope.type, scope.version.selectable) : undefined;
  if (byField && !byField.ok) throw badRequest(byField.reason);
  const name = scope.name ?? byField?.value.terms.find(({ path, equal }) => equal && path === "metadata.name")?.value;
  return {
    name,
    narrow: byLabel !== undefined || byField !== undefined,
    matches: (object) =>
      (!byLabel || byLabel.value.matches(object.metadata.labels ?? {})) && (!byField || byField.value.matches(object)),
  };
}
