// SPDX-License-Identifier: Apache-2.0
import { isObject, type Json } from "../patch/json.ts";
import type { Definitions, JsonSchema, RootedSchema } from "../schema/json_schema.ts";
import { FieldSet, printPath, printStep, type Step } from "./field_set.ts";
import { byStep, ShapeError, shapeOf } from "./shape.ts";

/**
 * All paths that a value sets: what its writer owns.
 *
 * @param strict an undeclared field or a doubtful list ends it, as it does for what is applied; otherwise it is taken as it is.
 * @throws ShapeError with the path, only when strict.
 * @example fieldsOf({ metadata: { labels: { a: "1" } } }, schema).toFieldsV1() // {"f:metadata":{"f:labels":{"f:a":{}}}}
 */
export function fieldsOf(value: Json, { schema, definitions }: RootedSchema, strict = false): FieldSet {
  const set = new FieldSet();
  collect(value, schema, definitions, [], set, { strict });
  return set;
}

/** How `collect` reads a value. */
export interface Collecting {
  /** See `fieldsOf`. */
  readonly strict?: boolean;
  /** Objects and lists count themselves too, not only what is in them: they came or went as a whole. */
  readonly whole?: boolean;
}

/** Adds what a value below `path` sets. */
export function collect(
  value: Json,
  schema: JsonSchema | undefined,
  all: Definitions,
  path: readonly Step[],
  set: FieldSet,
  how: Collecting = {},
): void {
  const { strict = false, whole = false } = how;
  const shape = shapeOf(value, schema, all);
  if (shape.is === "leaf") {
    set.add(path);
    return;
  }
  if (whole) set.add(path);
  if (shape.is === "object") {
    for (const [name, member] of Object.entries(shape.value)) {
      if (member === undefined) continue;
      const next = [...path, `f:${name}`];
      const { kind, schema: inner } = shape.member(name);
      if (kind === "undeclared" && strict) throw new ShapeError(`${printPath(next)}: field not declared in schema`);
      collect(member, inner, all, next, set, how);
      const empty = member === null || (isObject(member) && Object.keys(member).length === 0);
      if (empty || kind !== "field") set.add(next);
    }
    return;
  }
  try {
    for (const [step, item] of byStep(shape, printStep)) {
      const next = [...path, step];
      collect(item, shape.schema, all, next, set, how);
      set.add(next);
    }
  } catch (error) {
    if (!(error instanceof ShapeError) || strict) throw at(error, path);
    set.add(path);
  }
}

/** The fault with the path where it happened. */
function at(error: unknown, path: readonly Step[]): unknown {
  if (!(error instanceof ShapeError) || error.message.startsWith(".")) return error;
  return new ShapeError(`${printPath(path)}: ${error.message}`);
}
