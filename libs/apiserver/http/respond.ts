// SPDX-License-Identifier: Apache-2.0
import type { ApiObject } from "../kinds/api_object.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import type { JsonObject } from "../patch/mod.ts";
import type { ObjectList } from "../resources/read.ts";
import type { Scope } from "../resources/scope.ts";
import { parseAccept, takesJson } from "./media.ts";
import { StatusError } from "./status_error.ts";

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
export function shownAs(scope: Scope): Shown {
  for (const media of parseAccept(scope.headers.get("accept"))) {
    if (!takesJson(media)) continue;
    const { as, g, v } = media.parameters;
    if (as === undefined) return whole(scope);
    if (g !== "meta.k8s.io" || v !== "v1") continue;
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
