// SPDX-License-Identifier: Apache-2.0
import { isObject, type JsonObject, own, sameJson } from "../patch/json.ts";
import type { RootedSchema } from "../schema/json_schema.ts";
import { compareFields } from "./compare_fields.ts";
import { type Conflict, conflictMessage, printManager } from "./conflicts.ts";
import { type FieldSet, printPath } from "./field_set.ts";
import { type Manager, managedTime, managerKey, readManagers, withManagers } from "./managed_fields.ts";
import { mergeApplied } from "./merge_applied.ts";
import { fieldsOf } from "./owned_by.ts";
import { bare, ownable, type Write } from "./ownership.ts";
import { removeFields } from "./remove_fields.ts";
import { ShapeError } from "./shape.ts";

/** An apply: a write that says the whole intent of its manager. */
export interface Apply extends Write {
  /** Takes fields from other managers in place of refusing. */
  readonly force: boolean;
}

/** How an apply ended. */
export type Applied =
  | {
      readonly ok: true;
      readonly value: JsonObject /** Nothing is different but, maybe, times of ownership. */;
      readonly unchanged: boolean;
    }
  /** 400 bad request, 409 conflict (with causes), 500 what the schema does not know, as Kubernetes answers. */
  | {
      readonly ok: false;
      readonly code: 400 | 409 | 500;
      readonly reason: string;
      readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
    };

/**
 * Server-side apply: lays what is applied over the live object, records ownership, removes what the same manager applied before and no
 * longer does (unless another owns it too), and refuses to change what another manager owns unless forced.
 *
 * @param live undefined where there is none yet.
 * @param applied as sent; with apiVersion, kind and metadata.
 */
export function serverSideApply(live: JsonObject | undefined, applied: JsonObject, schema: RootedSchema, apply: Apply): Applied {
  const metadata = applied["metadata"];
  const refuse = (code: 400 | 500, reason: string): Applied => ({ ok: false, code, reason, causes: [] });
  if (isObject(metadata) && Array.isArray(metadata["managedFields"]) && metadata["managedFields"].length > 0)
    return refuse(400, "metadata.managedFields must be nil");
  const config = pick(bare(applied), apply.resets);
  let owned: FieldSet;
  try {
    owned = ownable(fieldsOf(config, schema, true), apply.resets);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return refuse(500, `failed to create typed patch object (${nameOf(applied, apply.apiVersion)}): ${error.message}`);
  }
  const key = {
    manager: apply.manager,
    operation: "Apply",
    apiVersion: apply.apiVersion,
    subresource: apply.subresource ?? "",
  } as const;
  const id = managerKey(key);
  const before = knownManagers(live, schema, apply);
  const mine = before.find((one) => managerKey(one) === id);
  const others = before.filter((one) => one !== mine);

  const current = bare(live ?? {});
  const merged = mergeApplied(current, config, schema);
  const everyones = others.reduce((all, one) => all.union(one.fields), owned);
  const next = mine === undefined ? merged : removeFields(merged, mine.fields.minus(everyones), everyones, schema);

  const { set, removed } = compareFields(current, next, schema);
  const changed = ownable(set, apply.resets);
  const conflicts = others.flatMap((manager): Conflict[] =>
    [...manager.fields.paths()].filter((path) => changed.has(path)).map((path) => ({ manager, path })),
  );
  if (conflicts.length > 0 && !apply.force) {
    const causes = conflicts.map(({ manager, path }) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${printManager(manager)}`,
      field: printPath(path),
    }));
    return { ok: false, code: 409, reason: conflictMessage(conflicts), causes };
  }
  const rest = others.map((one) => ({ ...one, fields: one.fields.minus(changed).minus(removed) }));
  const sameFields = mine?.fields.equals(owned) === true && mine.apiVersion === apply.apiVersion;
  const unchanged = live !== undefined && sameFields && sameJson(current, next);
  const time = unchanged ? mine?.time : managedTime(apply.now);
  const value = withManagers(next, [...rest, { ...key, time, fields: owned }]);
  return { ok: true, value, unchanged };
}

/** An object that nobody is known to own a field of is owned by what came before. */
function knownManagers(live: JsonObject | undefined, schema: RootedSchema, apply: Apply): Manager[] {
  const managers = readManagers(live);
  if (live === undefined || managers.length > 0) return managers;
  const fields = ownable(compareFields({}, bare(live), schema).set);
  return [
    {
      manager: "before-first-apply",
      operation: "Update",
      apiVersion: apply.apiVersion,
      subresource: "",
      time: managedTime(apply.now),
      fields,
    },
  ];
}

function pick(object: JsonObject, resets: readonly string[] = []): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !resets.includes(name))) as JsonObject;
}

function nameOf(object: JsonObject, apiVersion: string): string {
  const metadata = object["metadata"];
  const text = (name: string) => String((isObject(metadata) ? own(metadata, name) : undefined) ?? "");
  const namespaced = text("namespace") === "" ? text("name") : `${text("namespace")}/${text("name")}`;
  return `${namespaced}; ${apiVersion.includes("/") ? apiVersion : `/${apiVersion}`}, Kind=${String(object["kind"] ?? "")}`;
}
