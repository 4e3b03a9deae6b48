// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from "../patch/mod.ts";
import type { ApiObject } from "./api_object.ts";

/** Members of v1 Event and what events.k8s.io/v1 calls them. */
const NAMES = [
  ["message", "note"],
  ["involvedObject", "regarding"],
  ["reportingComponent", "reportingController"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
] as const;

/**
 * Both kinds of Event are one object with two faces.
 *
 * @param apiVersion "v1" or "events.k8s.io/v1".
 * @returns a new object of that version.
 */
export function convertEvent(event: ApiObject, apiVersion: string): ApiObject {
  const { apiVersion: from, ...rest } = event;
  if (from === apiVersion) return event;
  const toNew = apiVersion !== "v1";
  const names = new Map<string, string>(NAMES.map(([core, events]) => (toNew ? [core, events] : [events, core])));
  const converted: JsonObject = { apiVersion };
  for (const [key, value] of Object.entries(rest)) converted[names.get(key) ?? key] = value;
  return converted as ApiObject;
}
