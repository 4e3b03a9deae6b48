// SPDX-License-Identifier: Apache-2.0
import type { Json, JsonObject } from "../../patch/mod.ts";

/** Sets the members that an object does not have; null counts as absent. Example: `fill(port, { protocol: "TCP" })`. */
export function fill(object: JsonObject, defaults: Readonly<Record<string, Json>>): void {
  for (const [name, value] of Object.entries(defaults)) {
    if (object[name] === undefined || object[name] === null) object[name] = structuredClone(value);
  }
}
