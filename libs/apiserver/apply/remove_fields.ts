// SPDX-License-Identifier: Apache-2.0
import { copy, isObject, type Json, type JsonObject } from "../patch/json.ts";
import { type Definitions, deref, type JsonSchema, type RootedSchema } from "../schema/json_schema.ts";
import type { FieldSet, Step } from "./field_set.ts";
import { shapeOf } from "./shape.ts";

/**
 * The object without these fields. What is empty then and belongs to nobody goes too.
 *
 * @param owned what stays owned: an empty parent of it stays.
 */
export function removeFields(
  object: JsonObject,
  fields: FieldSet,
  owned: FieldSet,
  { schema, definitions }: RootedSchema,
): JsonObject {
  const result = copy(object);
  // Parents come first: an item of a list that goes itself goes while it still has its keys.
  for (const path of fields.paths()) if (!isKey(path)) remove(result, schema, definitions, highest(path), []);
  return result;

  /**
   * What goes with a field: the outermost object around it in which nobody owns anything any more, with whatever nobody owns in there
   * (defaults). A field below which somebody owns something stays, with just that.
   */
  function highest(path: readonly Step[]): readonly Step[] {
    for (let length = 1; length <= path.length; length++) {
      const prefix = path.slice(0, length);
      const isField = prefix.at(-1)?.startsWith("f:") === true && prefix[0] !== "f:metadata";
      if (isField && !owned.touches(prefix)) return prefix;
    }
    return path.at(-1)?.startsWith("f:") === true && owned.touches(path) ? [] : path;
  }

  function remove(
    value: Json,
    given: JsonSchema | undefined,
    all: Definitions,
    [step, ...rest]: readonly Step[],
    before: readonly Step[],
  ): void {
    const shape = shapeOf(value, given, all);
    if (step === undefined || shape.is === "leaf") return;
    const path = [...before, step];
    if (shape.is === "object") {
      const name = step.slice(2);
      const inner = Object.hasOwn(shape.value, name) ? shape.value[name] : undefined;
      if (inner === undefined) return;
      if (rest.length > 0) remove(inner, shape.member(name).schema, all, rest, path);
      if (rest.length === 0 || (isEmpty(inner) && !owned.touches(path))) delete shape.value[name];
      return;
    }
    const at = shape.items.findIndex((item) => shape.step(item) === step);
    const item = shape.items[at];
    if (item === undefined) return;
    if (rest.length === 0) shape.items.splice(at, 1);
    else remove(item, deref(shape.schema, all), all, rest, path);
  }
}

const isEmpty = (value: Json) => (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

/** The keys of an item of a list stay as long as the item does. */
function isKey(path: readonly Step[]): boolean {
  const [item = "", name = ""] = path.slice(-2);
  return item.startsWith("k:") && Object.hasOwn(JSON.parse(item.slice(2)) as object, name.slice(2));
}
