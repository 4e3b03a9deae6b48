// SPDX-License-Identifier: Apache-2.0
import type { Json, JsonObject } from "../patch/json.ts";

/** The head of a column of a meta.k8s.io/v1 Table. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** Above 0: shown by `kubectl get -o wide` only. */
  readonly priority: number;
}

/** A column and how its cell comes from an object. */
export interface Column {
  readonly definition: ColumnDefinition;
  cell(object: JsonObject, now: Date): Json;
}

/** A column by its head: a name, `*` behind it for wide output, `#` for numbers, `@` for times, `?` for truths. Example: `column("Node*", cell)`. */
export function column(head: string, cell: (object: JsonObject, now: Date) => Json): Column {
  const name = head.replace(/[*#@?]+$/, "");
  const marks = head.slice(name.length);
  const type = marks.includes("#") ? "integer" : marks.includes("@") ? "date" : marks.includes("?") ? "boolean" : "string";
  const format = name === "Name" ? "name" : "";
  return { definition: { name, type, format, description: "", priority: marks.includes("*") ? 1 : 0 }, cell };
}
