// SPDX-License-Identifier: Apache-2.0

import { isTrue } from "../http/request_info.ts";
import type { Shown } from "../http/respond.ts";
import { expired, fieldForbidden, invalidOption } from "../http/status_error.ts";
import { present } from "../resources/present.ts";
import { checkMatch, checkNotFuture, wholeNumber } from "../resources/read.ts";
import type { Api, Scope } from "../resources/scope.ts";
import { type Selection, selectionOf } from "../resources/selection.ts";
import type { Change, StoredObject } from "../store/stored_object.ts";
import { LineMaker } from "./line_maker.ts";
import type { WatchHub } from "./watch_hub.ts";
import { watchStream } from "./watch_stream.ts";

export interface WatchContext {
  readonly hub: WatchHub;
  readonly signal: AbortSignal;
  readonly shown: Shown;
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

  const lines = new LineMaker(scope, context);
  const range = { resource: type.storage, namespace: scope.namespace || undefined, name: selection.name };
  // The list is read now, not when the client first pulls: what follows must begin exactly after it.
  const first = initialLines(lines, selection, fresh ? api.store.list(range) : [], streaming ? from : undefined);
  const lineOf = (change: Change): string | undefined => {
    if (scope.namespace && change.namespace !== scope.namespace) return undefined;
    if (selection.name !== undefined && change.name !== selection.name) return undefined;
    if (!selection.narrow) return lines.ofStored(change.type, change);
    const was = change.old !== undefined && selection.matches(present({ body: change.old }, type, version));
    if (change.type === "DELETED") return was ? lines.ofStored("DELETED", change) : undefined;
    if (selection.matches(present(change, type, version))) return lines.ofStored(was ? "MODIFIED" : "ADDED", change);
    if (!was || change.old === undefined) return undefined;
    // What leaves the selection is shown as it was last in it, at the resourceVersion at which it left.
    const left = present({ body: change.old }, type, version);
    left.metadata.resourceVersion = String(change.rv);
    return lines.ofObject("DELETED", left);
  };
  const seconds = wholeNumber(query, "timeoutSeconds");
  return watchStream({
    hub: context.hub,
    resource: type.storage,
    first,
    from,
    lineOf,
    bookmark: bookmarks ? (rv) => lines.bookmark(rv) : undefined,
    bookmarkMs: context.bookmarkMs,
    served: () => api.types.find(type.group, version.name, type.plural) !== undefined,
    lost: (rv) => lines.error(expired(`too old resource version: ${rv} (${api.store.floor})`)),
    timeoutMs: (seconds || 1800 + Math.random() * 1800) * 1000,
    signal: context.signal,
    revision: () => api.store.revision,
  });
}

/** The present objects of a selection and, where asked for, the bookmark that says that these were all. */
function* initialLines(
  lines: LineMaker,
  selection: Selection,
  there: readonly StoredObject[],
  end: number | undefined,
): Generator<string> {
  for (const stored of there) {
    if (!selection.narrow || selection.matches(lines.show(stored))) yield lines.ofStored("ADDED", stored);
  }
  if (end !== undefined) yield lines.bookmark(end, { [INITIAL_EVENTS_END]: "true" });
}
