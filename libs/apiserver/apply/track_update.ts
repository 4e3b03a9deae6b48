// SPDX-License-Identifier: Apache-2.0
import { isObject, type JsonObject } from "../patch/json.ts";
import type { RootedSchema } from "../schema/json_schema.ts";
import { compareFields } from "./compare_fields.ts";
import { FieldSet } from "./field_set.ts";
import { type Manager, managedTime, managerKey, readManagers, withManagers } from "./managed_fields.ts";
import { bare, ownable, type Write } from "./ownership.ts";

/**
 * The object with its record of ownership after an ordinary write (create, update, patch): the writer owns what it changed, the others
 * no longer. Where the writer sends a record of its own (kubectl does when it moves to server-side apply) that one counts, and `[{}]`
 * clears it.
 *
 * @param live before the write; undefined for a create.
 * @param updated after defaults and everything else that the server adds.
 */
export function trackUpdate(live: JsonObject | undefined, updated: JsonObject, schema: RootedSchema, write: Write): JsonObject {
  if (clears(updated)) return withManagers(updated, []);
  const sent = readManagers(updated);
  const managers = sent.length > 0 ? sent : readManagers(live);
  // An object that has no record, by its age or by wish, gets none until somebody applies.
  if (live !== undefined && managers.length === 0) return withManagers(updated, []);
  return withManagers(updated, managersAfter(managers, live ?? {}, updated, schema, write));
}

/** Managers after an ordinary write. */
function managersAfter(
  managers: readonly Manager[],
  live: JsonObject,
  updated: JsonObject,
  schema: RootedSchema,
  write: Write,
): Manager[] {
  const { set, removed } = compareFields(bare(live), bare(updated), schema);
  const changed = ownable(set, write.resets);
  const gone = ownable(removed, write.resets);
  const key = {
    manager: write.manager,
    operation: "Update",
    apiVersion: write.apiVersion,
    subresource: write.subresource ?? "",
  } as const;
  const id = managerKey(key);
  const mine = managers.find((one) => managerKey(one) === id);
  const rest = managers.filter((one) => one !== mine).map((one) => ({ ...one, fields: one.fields.minus(changed).minus(gone) }));
  const fields = (mine?.fields ?? new FieldSet()).union(changed).minus(gone);
  const same = mine !== undefined && fields.equals(mine.fields) && changed.isEmpty;
  return [...rest, { ...key, time: same ? mine.time : managedTime(write.now), fields }];
}

function clears(object: JsonObject): boolean {
  const metadata = object["metadata"];
  const list = isObject(metadata) ? metadata["managedFields"] : undefined;
  return Array.isArray(list) && list.length === 1 && isObject(list[0]) && Object.keys(list[0]).length === 0;
}
