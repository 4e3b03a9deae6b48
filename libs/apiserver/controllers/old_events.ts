// SPDX-License-Identifier: Apache-2.0
import { objects, parseStored, section, text } from "../kinds/api_object.ts";
import { discard } from "../resources/internal.ts";
import type { Api } from "../resources/scope.ts";

const HOUR_MS = 3_600_000;

/** Deletes Events that nobody has touched for an hour, as upstream does. @returns how many. */
export function deleteOldEvents(api: Api): number {
  let deleted = 0;
  for (const stored of api.store.list({ resource: "events" })) {
    const event = parseStored(stored);
    const series = text(section(event, "series")["lastObservedTime"]);
    const seen = [text(event["lastTimestamp"]), text(event["deprecatedLastTimestamp"]), text(event["eventTime"]), series];
    const times = [event.metadata.creationTimestamp ?? "", ...seen].map(Date.parse).filter(Number.isFinite);
    const { managedFields } = event.metadata;
    for (const entry of objects(managedFields)) {
      const at = Date.parse(text(entry["time"]));
      if (Number.isFinite(at)) times.push(at);
    }
    if (api.now() - Math.max(0, ...times) > HOUR_MS && discard(api, stored)) deleted++;
  }
  return deleted;
}
