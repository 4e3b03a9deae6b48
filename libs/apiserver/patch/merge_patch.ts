// SPDX-License-Identifier: Apache-2.0
import { copy, isObject, type Json, type JsonObject, own, put } from "./json.ts";

/**
 * JSON merge patch (RFC 7386): members of the patch replace those of the target, null removes, lists are replaced whole.
 * Both arguments stay as they are.
 *
 * @example mergePatch({ a: 1, b: 2 }, { b: null, c: 3 }) // { a: 1, c: 3 }
 */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return copy(patch);
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else put(result, key, mergePatch(own(result, key), value));
  }
  return result;
}
