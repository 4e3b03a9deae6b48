// SPDX-License-Identifier: Apache-2.0

import { isTrue } from "../http/request_info.ts";
import { expired, fieldForbidden, invalidOption } from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import type { JsonObject } from "../patch/mod.ts";
import { present } from "../resources/present.ts";
import { checkMatch, checkNotFuture, wholeNumber } from "../resources/read.ts";
import type { Api, Scope } from "../resources/scope.ts";
import { selectionOf } from "../resources/selection.ts";
import type { Change } from "../store/object_store.ts";
import type { WatchHub } from "./watch_hub.ts";
import { type WatchLine, watchStream } from "./watch_stream.ts";

export interface WatchContext {
  readonly hub: WatchHub;
  readonly signal: AbortSignal;
  /** How an object is shown: as it is, as a Table row, or its metadata alone. */
  readonly show: (object: ApiObject) => JsonObject;
  readonly bookmarkMs: number;
}

const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

/**
 * A watch: the present objects first where the request names no resourceVersion (or 0, or asks for sendInitialEvents), then every change.
 *
 * @throws StatusError 400 for bad parameters. A resourceVersion that is too old gives an ERROR line, as upstream.
 */
export function watchObjects(api: Api, scope: Scope, context: WatchContext): ReadableStream<Uint8Array> {
  const { query, type, version } = scope;
  const selection = selectionOf(scope);
  const asked = query.get("resourceVersion");
  checkNotFuture(api, asked);
  const initial = query.get("sendInitialEvents");
  const streaming = initial !== null && isTrue(initial);
  const bookmarks = isTrue(query.get("allowWatchBookmarks"));
  checkMatch(query);
  if (initial !== null && query.get("resourceVersionMatch") !== "NotOlderThan") {
    const why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
    throw invalidOption("ListOptions", fieldForbidden("resourceVersionMatch", why));
  }
  const fresh = streaming || (initial === null && (!asked || asked === "0"));
  const from = fresh || !asked ? api.store.revision : Number(asked);

  const bookmark = (rv: number, annotations?: Record<string, string>): WatchLine => ({
    type: "BOOKMARK",
    object: context.show({
      kind: type.kind,
      apiVersion: apiVersionOf(type.group, version.name),
      metadata: { resourceVersion: String(rv), creationTimestamp: null, ...(annotations && { annotations }) },
    } as unknown as ApiObject),
  });
  const line = (kind: WatchLine["type"], object: ApiObject): WatchLine => ({ type: kind, object: context.show(object) });

  const range = { resource: type.storage, namespace: scope.namespace || undefined, name: selection.name };
  // The list is read now, not when the client first pulls: what follows must begin exactly after it.
  const there = fresh ? api.store.list(range) : [];
  function* first(): Generator<WatchLine> {
    for (const stored of there) {
      const object = present(stored, type, version);
      if (selection.matches(object)) yield line("ADDED", object);
    }
    if (streaming) yield bookmark(from, { [INITIAL_EVENTS_END]: "true" });
  }
  const lineOf = (change: Change): WatchLine | undefined => {
    if (scope.namespace && change.namespace !== scope.namespace) return undefined;
    if (selection.name !== undefined && change.name !== selection.name) return undefined;
    const object = present(change, type, version);
    if (!selection.narrow) return line(change.type, object);
    const was = change.old !== undefined && selection.matches(present({ body: change.old }, type, version));
    if (change.type === "DELETED") return was ? line("DELETED", object) : undefined;
    const is = selection.matches(object);
    if (is) return line(was ? "MODIFIED" : "ADDED", object);
    if (!was || change.old === undefined) return undefined;
    // What leaves the selection is shown as it was last in it, at the resourceVersion at which it left.
    const left = present({ body: change.old }, type, version);
    left.metadata.resourceVersion = String(change.rv);
    return line("DELETED", left);
  };
  const seconds = wholeNumber(query, "timeoutSeconds");
  return watchStream({
    hub: context.hub,
    resource: type.storage,
    first: first(),
    from,
    lineOf,
    bookmark: bookmarks ? bookmark : undefined,
    bookmarkMs: context.bookmarkMs,
    lost: (rv) => ({
      type: "ERROR",
      object: expired(`too old resource version: ${rv} (${api.store.floor})`).toStatus() as JsonObject,
    }),
    timeoutMs: (seconds || 1800 + Math.random() * 1800) * 1000,
    signal: context.signal,
    revision: () => api.store.revision,
  });
}
