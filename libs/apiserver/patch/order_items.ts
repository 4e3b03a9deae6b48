// SPDX-License-Identifier: Apache-2.0
import { canonical, isObject, type Json } from "./json.ts";

/**
 * The order that `$setElementOrder` asks for: the items it names stand in its order; each other item stands before the first named one
 * that followed it in the live list.
 *
 * @param key the merge key of items that are objects; undefined for plain values.
 * @example orderItems(["c", "a", "x"], ["x", "c"], ["a", "c"], undefined) // ["a", "x", "c"]
 */
export function orderItems(items: Json[], live: readonly Json[], order: Json | undefined, key: string | undefined): Json[] {
  const id = (item: Json) => canonical(key !== undefined && isObject(item) ? item[key] : item);
  const wanted = new Map((Array.isArray(order) ? order : []).map((item, index) => [id(item), index]));
  const place = new Map(live.map((item, index) => [id(item), index]));
  const named = items.filter((item) => wanted.has(id(item))).sort((a, b) => (wanted.get(id(a)) ?? 0) - (wanted.get(id(b)) ?? 0));
  const others = items.filter((item) => !wanted.has(id(item)));
  const result: Json[] = [];
  for (const item of named) {
    const limit = place.get(id(item));
    while (limit !== undefined && others.length > 0 && (place.get(id(others[0] ?? null)) ?? Infinity) < limit) {
      result.push(others.shift() ?? null);
    }
    result.push(item);
  }
  return [...result, ...others];
}
