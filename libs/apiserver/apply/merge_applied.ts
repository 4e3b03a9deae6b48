// SPDX-License-Identifier: Apache-2.0
import { copy, type Json, type JsonObject, own, put } from "../patch/json.ts";
import type { Definitions, JsonSchema, RootedSchema } from "../schema/json_schema.ts";
import { printStep, type Step } from "./field_set.ts";
import { byStep, shapeOf } from "./shape.ts";

/**
 * The live object with what is applied laid over it. Items of lists keep the order of what is applied; what only the live object has
 * keeps its place among them.
 */
export function mergeApplied(live: JsonObject, applied: JsonObject, { schema, definitions }: RootedSchema): JsonObject {
  return merge(live, applied, schema, definitions) as JsonObject;
}

function merge(live: Json | undefined, applied: Json, given: JsonSchema | undefined, all: Definitions): Json {
  if (live === undefined) return copy(applied);
  const [left, right] = [shapeOf(live, given, all), shapeOf(applied, given, all)];
  if (left.is === "object" && right.is === "object") {
    const result: JsonObject = { ...left.value };
    for (const [name, value] of Object.entries(right.value)) {
      if (value !== undefined) put(result, name, merge(own(left.value, name), value, right.member(name).schema, all));
    }
    return result;
  }
  if (left.is !== "list" || right.is !== "list") return copy(applied);
  const mine = byStep(right, printStep);
  const theirs = left.items.map((item): [Step, Json] => [left.step(item), item]);
  const before = new Map(theirs);
  const result: Json[] = [];
  const waiting = [...mine.keys()];
  while (waiting.length > 0) {
    const [step = ""] = waiting;
    const nextShared = waiting.find((one) => before.has(one));
    // What only the live object has keeps its place; what both have stands where the applied list wants it.
    for (let head = theirs[0]; head !== undefined && head[0] !== step && head[0] !== nextShared; head = theirs[0]) {
      if (!mine.has(head[0])) result.push(head[1]);
      theirs.shift();
    }
    result.push(merge(before.get(step), mine.get(step) ?? null, right.schema, all));
    waiting.shift();
    if (theirs[0]?.[0] === step) theirs.shift();
  }
  return [...result, ...theirs.filter(([step]) => !mine.has(step)).map(([, item]) => item)];
}
