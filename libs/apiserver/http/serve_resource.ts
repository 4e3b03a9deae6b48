// SPDX-License-Identifier: Apache-2.0
import type { ApiObject } from "../kinds/api_object.ts";
import type { Json } from "../patch/mod.ts";
import { applyObject, mayCreate } from "../resources/apply.ts";
import { deletedStatus, deleteObject, readDeleteOptions } from "../resources/delete.ts";
import { patched } from "../resources/patch.ts";
import { getObject, listObjects } from "../resources/read.ts";
import { readObject } from "../resources/read_object.ts";
import type { Api, Scope } from "../resources/scope.ts";
import { createObject, updateObject, type Written } from "../resources/write.ts";
import type { WatchHub } from "../watch/watch_hub.ts";
import { watchObjects } from "../watch/watch_objects.ts";
import { json, jsonText, stream } from "./answer.ts";
import { duplicateFields } from "./duplicate_fields.ts";
import { readPayload } from "./read_payload.ts";
import { shownAs } from "./respond.ts";
import { badRequest, methodNotAllowed } from "./status_error.ts";

/** What serving resources needs besides the store. */
export interface Serving {
  readonly api: Api;
  readonly hub: WatchHub;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
  readonly bookmarkMs: number;
}

/** Answers a request to a stored resource or to its status. @throws StatusError. */
export async function serveResource(serving: Serving, scope: Scope, verb: string, request: Request): Promise<Response> {
  const { api } = serving;
  const shown = shownAs(scope, api.now);
  const answer = (object: ApiObject, status = 200) => json(shown.one(object), status, { "content-type": shown.mediaType });
  const written = ({ object, created }: Written) => answer(object, created ? 201 : 200);
  const { name } = scope;
  switch (verb) {
    case "get":
      return answer(getObject(api, scope, named(name)));
    case "list":
      return jsonText(shown.list(listObjects(api, scope)), shown.mediaType);
    case "watch": {
      const { hub, signal, bookmarkMs } = serving;
      return stream(watchObjects(api, scope, { hub, signal, bookmarkMs, shown }), `${shown.mediaType};stream=watch`);
    }
    case "create":
      if (name !== undefined) throw methodNotAllowed(scope.type);
      return written(createObject(api, scope, readObject(scope, (await payload(scope, request)).value)));
    case "update": {
      const object = readObject(scope, (await payload(scope, request)).value);
      if (
        scope.type.createOnUpdate &&
        !scope.subresource &&
        !object.metadata.uid &&
        !object.metadata.resourceVersion &&
        !exists(api, scope)
      ) {
        mayCreate(api, scope, named(name));
        return written(createObject(api, scope, object));
      }
      return written(updateObject(api, scope, named(name), () => object));
    }
    case "patch": {
      const { type, value } = await payload(scope, request);
      if (type === "application/apply-patch+yaml") return written(applyObject(api, scope, named(name), value));
      return written(updateObject(api, scope, named(name), (current) => patched(scope, current, type, value)));
    }
    case "delete": {
      const options = readDeleteOptions((await readPayload(request)).value, scope.query);
      const deleted = deleteObject(api, scope, named(name), options);
      if (!deleted.gone || scope.type.returnsDeleted) return answer(deleted.object);
      return json(deletedStatus(scope, deleted.object));
    }
    case "deletecollection": {
      const options = readDeleteOptions((await readPayload(request)).value, scope.query);
      const list = listObjects(api, scope);
      for (const { namespace, name: one } of list.stored) deleteObject(api, { ...scope, namespace }, one, options);
      return jsonText(shown.list(list), shown.mediaType);
    }
    default:
      throw methodNotAllowed(scope.type);
  }
}

function exists(api: Api, { type, namespace, name }: Scope): boolean {
  return name !== undefined && api.store.get({ resource: type.storage, namespace, name }) !== undefined;
}

function named(name: string | undefined): string {
  if (name === undefined) throw badRequest("name is required");
  return name;
}

function strictDuplicates({ type: { kind }, version }: Scope, paths: readonly string[]): string {
  const list = paths.map((path) => `duplicate field "${path}"`).join(", ");
  return `${kind} in version "${version.name}" cannot be handled as a ${kind}: strict decoding error: ${list}`;
}

async function payload(scope: Scope, request: Request): Promise<{ type: string; value: Json }> {
  const { type, value, text } = await readPayload(request);
  if (value === undefined) throw badRequest("the request has no body");
  if (text !== undefined && scope.query.get("fieldValidation") !== "Ignore" && !type.includes("patch")) {
    const twice = duplicateFields(text);
    if (twice.length > 0 && scope.query.get("fieldValidation") === "Strict") throw badRequest(strictDuplicates(scope, twice));
    for (const path of twice) scope.warn(`duplicate field "${path}"`);
  }
  return { type, value };
}
