// SPDX-License-Identifier: Apache-2.0
import { canonical, isObject, type Json, type JsonObject } from "../patch/json.ts";
import { FieldSet } from "./field_set.ts";

/** Who owns a set of fields: one entry of `metadata.managedFields`. */
export interface Manager {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339 in whole seconds; when its fields last changed. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** The most entries of ordinary writes; the oldest beyond become one. */
const mostUpdaters = 10;
const ANCIENT = "ancient-changes";

/** Two entries are of one manager when these agree; an applier is the same whatever version it applies. */
export function managerKey({ manager, operation, apiVersion, subresource }: Omit<Manager, "time" | "fields">): string {
  return canonical([manager, operation, operation === "Apply" ? "" : apiVersion, subresource]);
}

/** Reads `metadata.managedFields`. An entry that cannot be read is left out. */
export function readManagers(object: JsonObject | undefined): Manager[] {
  const metadata = object?.["metadata"];
  const list = isObject(metadata) ? metadata["managedFields"] : undefined;
  return (Array.isArray(list) ? list : []).flatMap((entry): Manager[] => {
    if (!isObject(entry)) return [];
    const { manager, operation, apiVersion, subresource, time } = entry;
    if ((operation !== "Apply" && operation !== "Update") || typeof apiVersion !== "string") return [];
    return [
      {
        manager: typeof manager === "string" ? manager : "",
        operation,
        apiVersion,
        subresource: typeof subresource === "string" ? subresource : "",
        time: typeof time === "string" ? time : undefined,
        fields: FieldSet.fromFieldsV1(entry["fieldsV1"]),
      },
    ];
  });
}

/** The object with these managers; those that own nothing are left out. */
export function withManagers(object: JsonObject, managers: readonly Manager[]): JsonObject {
  const metadata = isObject(object["metadata"]) ? { ...object["metadata"] } : {};
  delete metadata["managedFields"];
  const entries = cap(managers.filter(({ fields }) => !fields.isEmpty)).sort(order);
  if (entries.length > 0) metadata["managedFields"] = entries.map(write);
  return { ...object, metadata };
}

function write({ manager, operation, apiVersion, subresource, time, fields }: Manager): Json {
  const entry: JsonObject = { manager, operation, apiVersion };
  if (time !== undefined) entry["time"] = time;
  entry["fieldsType"] = "FieldsV1";
  entry["fieldsV1"] = fields.toFieldsV1();
  if (subresource !== "") entry["subresource"] = subresource;
  return entry;
}

/** Appliers first, then by time, name, version and subresource. */
function order(a: Manager, b: Manager): number {
  const keys = (one: Manager) => [one.operation, one.time ?? "", one.manager, one.apiVersion, one.subresource];
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((text, index) => text !== right[index]);
  return at < 0 ? 0 : (left[at] ?? "") < (right[at] ?? "") ? -1 : 1;
}

function cap(managers: readonly Manager[]): Manager[] {
  const updaters = managers.filter(({ operation }) => operation === "Update").sort(order);
  const surplus = updaters.slice(0, Math.max(0, updaters.length - mostUpdaters + 1));
  if (updaters.length <= mostUpdaters) return [...managers];
  const versions = new Map<string, Manager>();
  for (const one of surplus) {
    const before = versions.get(one.apiVersion);
    versions.set(one.apiVersion, {
      ...one,
      manager: ANCIENT,
      subresource: "",
      fields: before === undefined ? one.fields : before.fields.union(one.fields),
    });
  }
  return [...managers.filter((one) => !surplus.includes(one)), ...versions.values()];
}

/** A time as managedFields carry it. */
export function managedTime(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, "Z");
}
