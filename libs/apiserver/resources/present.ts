// SPDX-License-Identifier: Apache-2.0
import { type ApiObject, parseStored } from "../kinds/api_object.ts";
import { convertEvent } from "../kinds/events.ts";
import { apiVersionOf, type ResourceType, type TypeVersion } from "../kinds/resource_type.ts";

/** An object of the store as a version of a type shows it. */
export function present(stored: { readonly body: string }, type: ResourceType, version: TypeVersion): ApiObject {
  const object = parseStored(stored);
  const apiVersion = apiVersionOf(type.group, version.name);
  if (type.storage === "events" && object.apiVersion !== apiVersion) return convertEvent(object, apiVersion);
  object.apiVersion = apiVersion;
  // What a newer version of the schema has a default for is missing in objects that were written before.
  return type.builtIn || !version.schema ? object : (version.schema.defaults(object) as ApiObject);
}
