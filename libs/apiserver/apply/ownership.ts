// SPDX-License-Identifier: Apache-2.0
import { isObject, type JsonObject } from "../patch/json.ts";
import { FieldSet } from "./field_set.ts";

/** Fields that the server itself sets: nobody owns them. */
const unowned = [
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((name) => ["f:metadata", `f:${name}`]),
];

/** A write of an object, or of one of its subresources. */
export interface Write {
  /** Who writes: `?fieldManager=`, else the first word of the user agent. */
  readonly manager: string;
  /** Of the request, for example "apps/v1". */
  readonly apiVersion: string;
  /** "status"; empty for the object itself. */
  readonly subresource?: string;
  /** Top-level members that this write cannot change: `["status"]` for an object with that subresource, `["metadata", "spec"]` for its status. */
  readonly resets?: readonly string[];
  readonly now: Date;
}

/** The set without what a write cannot own. */
export function ownable(set: FieldSet, resets: readonly string[] = []): FieldSet {
  const result = set.union(new FieldSet());
  for (const path of unowned) result.remove(path);
  for (const name of resets) result.remove([`f:${name}`], true);
  return result;
}

/** The object as ownership sees it: without the record of ownership itself, and without the nulls that say nothing. */
export function bare(object: JsonObject): JsonObject {
  const metadata = object["metadata"];
  if (!isObject(metadata)) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}
