// SPDX-License-Identifier: Apache-2.0
import { badRequest, expired, fieldForbidden, invalidOption, notFound, notSupported, StatusError } from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import type { Range, StoredObject } from "../store/stored_object.ts";
import { present } from "./present.ts";
import { type Api, keyOf, type Scope } from "./scope.ts";
import { selectionOf } from "./selection.ts";

/** What a list holds. `more` is the token of the next page. */
export interface ObjectList {
  /** As they lie in the store; `present` shows them. */
  readonly stored: readonly StoredObject[];
  readonly resourceVersion: string;
  readonly more?: string;
  readonly remaining?: number;
}

/** @throws StatusError 404. */
export function getObject(api: Api, scope: Scope, name: string): ApiObject {
  const stored = api.store.get(keyOf(scope, name));
  if (!stored) throw notFound(scope.type, name);
  checkNotFuture(api, scope.query.get("resourceVersion"));
  return present(stored, scope.type, scope.version);
}

/**
 * A list, or a page of it. Pages after the first show the state of the first page's resourceVersion as long as the history reaches
 * back to it.
 *
 * @throws StatusError 400 for bad parameters, 410 where the resourceVersion is too old.
 */
export function listObjects(api: Api, scope: Scope): ObjectList {
  const { query, type, version } = scope;
  const selection = selectionOf(scope);
  const limit = wholeNumber(query, "limit");
  const token = query.get("continue");
  const start = token ? readToken(token) : undefined;
  const asked = query.get("resourceVersion");
  const exact = query.get("resourceVersionMatch") === "Exact";
  if (start && asked && asked !== "0") throw badRequest("specifying resource version is not allowed when using continue");
  checkMatch(query);
  checkNotFuture(api, asked);
  const at = start?.rv ?? (exact ? Number(asked) : api.store.revision);
  const range = {
    resource: type.storage,
    namespace: scope.namespace || undefined,
    name: selection.name,
    after: start && { namespace: start.namespace, name: start.name },
  };
  const most = limit > 0 && !selection.narrow ? limit + 1 : undefined;
  const stored = at === api.store.revision ? api.store.list({ ...range, limit: most }) : asOf(api, range, at, most);
  const items: StoredObject[] = [];
  let last: StoredObject | undefined;
  let rest = 0;
  for (const one of stored) {
    if (limit > 0 && items.length === limit) {
      rest = 1;
      break;
    }
    if (selection.narrow && !selection.matches(present(one, type, version))) continue;
    items.push(one);
    last = one;
  }
  const resourceVersion = String(at);
  if (rest === 0 || !last) return { stored: items, resourceVersion };
  const more = Buffer.from(JSON.stringify({ v: 1, rv: at, namespace: last.namespace, name: last.name })).toString("base64url");
  if (selection.narrow) return { stored: items, resourceVersion, more };
  const remaining = start ? undefined : api.store.count(range) - items.length;
  return { stored: items, resourceVersion, more, ...(remaining !== undefined && { remaining }) };
}

/** @throws StatusError 422 where resourceVersionMatch does not go with the resourceVersion. */
export function checkMatch(query: URLSearchParams): void {
  const match = query.get("resourceVersionMatch");
  if (match === null || match === "") return;
  const asked = query.get("resourceVersion");
  const field = "resourceVersionMatch";
  const fault =
    match !== "Exact" && match !== "NotOlderThan"
      ? notSupported(field, match, ["Exact", "NotOlderThan", ""])
      : query.get("sendInitialEvents") === null && !asked
        ? fieldForbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided")
        : match === "Exact" && asked === "0"
          ? fieldForbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
          : undefined;
  if (fault) throw invalidOption("ListOptions", fault);
}

/** The state of a range as it was at a resourceVersion of the past: the first `most` objects at least. */
function asOf(api: Api, range: Range, at: number, most: number | undefined): StoredObject[] {
  const changes = api.store.changesAfter(range.resource, at);
  if (!changes) {
    throw expired(
      "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.",
    );
  }
  // Each change can take at most one object away that is there now.
  const limit = most === undefined ? undefined : most + changes.length;
  const objects = new Map(api.store.list({ ...range, limit }).map((one) => [`${one.namespace}/${one.name}`, one]));
  const seen = new Set<string>();
  for (const change of changes) {
    const id = `${change.namespace}/${change.name}`;
    if (seen.has(id) || !within(change, range)) continue;
    seen.add(id); // only the first change after `at` knows the state at `at`
    if (change.old === undefined) objects.delete(id);
    else objects.set(id, { ...change, body: change.old });
  }
  return [...objects.values()].sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

function within(one: StoredObject, { namespace, name, after }: Range): boolean {
  if (namespace !== undefined && one.namespace !== namespace) return false;
  if (name !== undefined && one.name !== name) return false;
  return !after || (compare(one.namespace, after.namespace) || compare(one.name, after.name)) > 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readToken(token: string): { rv: number; namespace: string; name: string } {
  try {
    const value = JSON.parse(Buffer.from(token, "base64url").toString()) as Record<string, unknown>;
    const { v, rv, namespace, name } = value;
    if (v === 1 && typeof rv === "number" && typeof namespace === "string" && typeof name === "string")
      return { rv, namespace, name };
  } catch {
    // Not ours: refused below like one of another form.
  }
  throw badRequest("continue key is not valid");
}

/** A query parameter that is a number of 0 or more; 0 when absent. */
export function wholeNumber(query: URLSearchParams, name: string): number {
  const value = query.get(name);
  if (!value) return 0;
  if (!/^\d{1,15}$/.test(value)) throw badRequest(`invalid ${name}: ${JSON.stringify(value)}`);
  return Number(value);
}

/** A resourceVersion that was not given yet cannot be waited for: only one server writes here. */
export function checkNotFuture(api: Api, asked: string | null): void {
  if (!asked) return;
  if (!/^\d{1,15}$/.test(asked)) throw badRequest(`Invalid value: ${JSON.stringify(asked)}: must be a resource version`);
  if (Number(asked) <= api.store.revision) return;
  const causes = [{ reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "" }];
  throw new StatusError(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${api.store.revision}`, {
    causes,
    retryAfterSeconds: 1,
  });
}
