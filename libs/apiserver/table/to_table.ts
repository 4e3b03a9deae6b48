// SPDX-License-Identifier: Apache-2.0
import { isObject, type Json, type JsonObject } from "../patch/json.ts";
import { type Column, type ColumnDefinition, column } from "./columns.ts";
import { humanAge } from "./human_age.ts";
import { parseJsonPath } from "./json_path.ts";
import { kindColumns, plainColumns } from "./kind_columns.ts";
import { text } from "./read_members.ts";

/** A column as a CRD's `additionalPrinterColumns` describes it. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

export interface TableOptions {
  readonly now: Date;
  /** `?includeObject=`: what of each object rides along; Metadata when absent. */
  readonly include?: "None" | "Metadata" | "Object";
  /** Later events of a watch carry no heads. */
  readonly headers?: boolean;
}

/** The parts of a meta.k8s.io/v1 Table that come from the objects. */
export interface TableParts {
  readonly columnDefinitions: readonly ColumnDefinition[] | null;
  readonly rows: readonly JsonObject[];
}

/**
 * Objects as a Table, in the columns that `kubectl get` shows of their kind.
 *
 * @param columns of a CRD's version; undefined for built-in kinds. An empty list shows name and age.
 * @example toTable({ group: "", kind: "Pod" }, undefined, pods, { now: new Date() })
 */
export function toTable(
  of: { readonly group: string; readonly kind: string },
  columns: readonly PrinterColumn[] | undefined,
  objects: readonly JsonObject[],
  { now, include = "Metadata", headers = true }: TableOptions,
): TableParts {
  const own = columns?.length ? customColumns(columns) : (kindColumns[`${of.group}/${of.kind}`] ?? plainColumns);
  const definitions = own.map(({ definition }) => definition);
  return {
    columnDefinitions: headers ? definitions : null,
    rows: objects.map((object) => row(of.kind, own, object, now, include)),
  };
}

function row(kind: string, columns: readonly Column[], object: JsonObject, now: Date, include: string): JsonObject {
  const result: JsonObject = { cells: columns.map(({ cell }) => cell(object, now)) };
  const phase = kind === "Pod" ? text(object, "status.phase") : "";
  if (phase === "Succeeded" || phase === "Failed")
    result["conditions"] = [
      {
        type: "Completed",
        status: "True",
        reason: phase,
        message: `The pod has ${phase === "Failed" ? "failed" : "completed"}.`,
      },
    ];
  if (include === "Object") result["object"] = object;
  else if (include === "Metadata")
    result["object"] = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object["metadata"] ?? {} };
  else result["object"] = null;
  return result;
}

/** Columns of CRDs are made once: a list of them is the same object as long as the CRD is. */
const made = new WeakMap<readonly PrinterColumn[], readonly Column[]>();

function customColumns(columns: readonly PrinterColumn[]): readonly Column[] {
  const before = made.get(columns);
  if (before !== undefined) return before;
  const name = column("Name", (object) => text(object, "metadata.name"));
  const result = [name, ...columns.map(customColumn)];
  made.set(columns, result);
  return result;
}

function customColumn({ name, type, format = "", description = "", priority = 0, jsonPath }: PrinterColumn): Column {
  const path = parseJsonPath(jsonPath);
  const cell = (object: JsonObject, now: Date): Json => {
    const [value] = path.ok ? path.value(object) : [];
    return value === undefined ? null : customCell(type, value, now);
  };
  return { definition: { name, type, format, description, priority }, cell };
}

function customCell(type: string, value: Json, now: Date): Json {
  switch (type) {
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      if (typeof value !== "string") return null;
      return Number.isNaN(Date.parse(value)) ? "<invalid>" : humanAge(value, now);
    default:
      return Array.isArray(value) || isObject(value) ? JSON.stringify(value) : String(value ?? "");
  }
}
