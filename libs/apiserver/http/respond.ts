// SPDX-License-Identifier: Apache-2.0
import type { ApiObject } from "../kinds/api_object.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import type { JsonObject } from "../patch/mod.ts";
import { present } from "../resources/present.ts";
import type { ObjectList } from "../resources/read.ts";
import type { Scope } from "../resources/scope.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { toTable } from "../table/mod.ts";
import { YAML } from "./as_yaml.ts";
import { parseAccept, takesJson } from "./media.ts";
import { badRequest, StatusError } from "./status_error.ts";

/** How objects are shown to a client, from its Accept header. */
export interface Shown {
  /** The media type of the answer. */
  readonly mediaType: string;
  /** Whether objects are shown as they are. */
  readonly whole: boolean;
  one(object: ApiObject): JsonObject;
  /** The whole answer, as JSON text. */
  list(list: ObjectList): string;
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
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList") return metadataOnly(scope);
  }
  throw new StatusError(406, "NotAcceptable", "only the following media types are accepted: application/json");
}

function items({ type, version }: Scope, { stored }: ObjectList): ApiObject[] {
  return stored.map((one) => present(one, type, version));
}

function listMeta({ resourceVersion, more, remaining }: ObjectList): JsonObject {
  return { resourceVersion, ...(more && { continue: more }), ...(remaining && { remainingItemCount: remaining }) };
}

function whole(scope: Scope): Shown {
  const { type, version } = scope;
  const apiVersion = apiVersionOf(type.group, version.name);
  const head = JSON.stringify({ apiVersion, kind: type.kind }).slice(0, -1);
  /** Items of built-in kinds carry no head, those of custom resources do: so does upstream. Most texts of the store can be passed on. */
  const item = (stored: StoredObject): string => {
    if (type.builtIn && stored.body.startsWith(`${head},`)) return `{${stored.body.slice(head.length + 1)}`;
    const object = present(stored, type, version);
    if (!type.builtIn) return JSON.stringify(object);
    const { apiVersion: _, kind: __, ...rest } = object;
    return JSON.stringify(rest);
  };
  return {
    mediaType: "application/json",
    whole: true,
    one: (object) => object,
    event: (object) => object,
    list: (list) => {
      const start = JSON.stringify({ kind: type.listKind, apiVersion, metadata: listMeta(list) }).slice(0, -1);
      return `${start},"items":[${list.stored.map(item).join(",")}]}`;
    },
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
    whole: false,
    one: (object) => of([object], meta(object)),
    // Every event has the heads: a client that looks at one alone can still read it.
    event: (object) => of([object], meta(object)),
    list: (list) => JSON.stringify(of(items(scope, list), listMeta(list))),
  };
}

function metadataOnly(scope: Scope): Shown {
  const one = ({ metadata }: ApiObject): JsonObject => ({
    kind: "PartialObjectMetadata",
    apiVersion: "meta.k8s.io/v1",
    metadata,
  });
  return {
    mediaType: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    whole: false,
    one,
    event: one,
    list: (list) =>
      JSON.stringify({
        kind: "PartialObjectMetadataList",
        apiVersion: "meta.k8s.io/v1",
        metadata: listMeta(list),
        items: items(scope, list).map(one),
      }),
  };
}
