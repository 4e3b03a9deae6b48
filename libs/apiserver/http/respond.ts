// SPDX-License-Identifier: Apache-2.0
import type { ApiObject } from "../kinds/api_object.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import type { JsonObject } from "../patch/mod.ts";
import type { ObjectList } from "../resources/read.ts";
import type { Scope } from "../resources/scope.ts";
import { toTable } from "../table/mod.ts";
import { YAML } from "./as_yaml.ts";
import { parseAccept, takesJson } from "./media.ts";
import { badRequest, StatusError } from "./status_error.ts";

/** How objects are shown to a client, from its Accept header. */
export interface Shown {
  /** The media type of the answer. */
  readonly mediaType: string;
  one(object: ApiObject): JsonObject;
  list(list: ObjectList): JsonObject;
  /** Each object of a watch. */
  event(object: ApiObject): JsonObject;
}

/** @throws StatusError 406 where the client takes no form that there is. */
export function shownAs(scope: Scope, now: () => number): Shown {
  for (const media of parseAccept(scope.headers.get("accept"))) {
    if (media.type === YAML) return whole(scope); // turned into YAML at the edge
    if (!takesJson(media)) continue;
    const { as, g, v } = media.parameters;
    if (as === undefined) return whole(scope);
    if (g !== "meta.k8s.io" || v !== "v1") continue;
    if (as === "Table") return table(scope, now);
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList") return metadataOnly();
  }
  throw new StatusError(406, "NotAcceptable", "only the following media types are accepted: application/json");
}

function listMeta({ resourceVersion, more, remaining }: ObjectList): JsonObject {
  return { resourceVersion, ...(more && { continue: more }), ...(remaining && { remainingItemCount: remaining }) };
}

function whole({ type, version }: Scope): Shown {
  const apiVersion = apiVersionOf(type.group, version.name);
  // Items of built-in kinds carry no head, those of custom resources do: so does upstream.
  const item = ({ apiVersion: _, kind: __, ...rest }: ApiObject): JsonObject => rest;
  return {
    mediaType: "application/json",
    one: (object) => object,
    event: (object) => object,
    list: (list) => ({
      kind: type.listKind,
      apiVersion,
      metadata: listMeta(list),
      items: type.builtIn ? list.items.map(item) : [...list.items],
    }),
  };
}

function table(scope: Scope, now: () => number): Shown {
  const { type, version, query } = scope;
  const include = query.get("includeObject") ?? "Metadata";
  if (include !== "None" && include !== "Metadata" && include !== "Object")
    throw badRequest(`includeObject=${include}: use None, Metadata or Object`);
  const of = (objects: readonly ApiObject[], metadata: JsonObject, headers = true): JsonObject => {
    const { columnDefinitions, rows } = toTable(type, type.builtIn ? undefined : (version.columns ?? []), objects, {
      now: new Date(now()),
      include,
      headers,
    });
    const columns = columnDefinitions === null ? null : columnDefinitions.map((one) => ({ ...one }));
    return { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata, columnDefinitions: columns, rows: [...rows] };
  };
  const meta = ({ metadata: { resourceVersion = "" } }: ApiObject): JsonObject => ({ resourceVersion });
  return {
    mediaType: "application/json;as=Table;g=meta.k8s.io;v=v1",
    one: (object) => of([object], meta(object)),
    // Every event has the heads: a client that looks at one alone can still read it.
    event: (object) => of([object], meta(object)),
    list: (list) => of(list.items, listMeta(list)),
  };
}

function metadataOnly(): Shown {
  const one = ({ metadata }: ApiObject): JsonObject => ({
    kind: "PartialObjectMetadata",
    apiVersion: "meta.k8s.io/v1",
    metadata,
  });
  return {
    mediaType: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    one,
    event: one,
    list: (list) => ({
      kind: "PartialObjectMetadataList",
      apiVersion: "meta.k8s.io/v1",
      metadata: listMeta(list),
      items: list.items.map(one),
    }),
  };
}
