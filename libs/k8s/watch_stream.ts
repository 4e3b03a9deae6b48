// SPDX-License-Identifier: Apache-2.0

import { ApiError, parseStatus, reasonOf } from "./api_error.ts";
import { type ApiRequest, cannot } from "./api_request.ts";
import type { ApiTransport } from "./api_transport.ts";
import { decodeObject, identify } from "./decode_object.ts";
import { JsonLines, LineTooLong } from "./json_lines.ts";
import type { Kind } from "./kind.ts";
import type { KubeObject } from "./kube_object.ts";
import type { WatchOptions } from "./resource_client.ts";
import { placeText, resourcePath } from "./resource_path.ts";
import { Silence } from "./silence_guard.ts";
import { transportFailure } from "./transport_failure.ts";
import type { WatchEvent } from "./watch_event.ts";

/** An object has at most 1.5 MiB in etcd; this leaves room for a server that keeps more, not for one that fills our memory. */
const MAX_LINE = 16 << 20;

/**
 * Watches the objects of a kind: yields the events that arrived together, until the server ends the watch in good order.
 *
 * @throws ApiError (`isExpired` where only a new list helps), or the reason of the signal.
 */
export async function* watchStream<T extends KubeObject>(
  client: ApiTransport,
  kind: Kind<T>,
  options: WatchOptions,
): AsyncGenerator<readonly WatchEvent<T>[], void, void> {
  const request: ApiRequest = {
    method: "GET",
    path: resourcePath(kind, { namespace: options.namespace }),
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: options.resourceVersion,
      timeoutSeconds: options.timeoutSeconds,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
    },
    verb: "watch",
    object: placeText(kind, { namespace: options.namespace }),
    signal: options.signal,
  };
  const fail = (reason: string, text: string, more: { status?: number; cause?: unknown } = {}) =>
    new ApiError(`${cannot(client.connection.server, request)}: ${text}`, {
      verb: "watch",
      object: request.object ?? "",
      reason,
      ...more,
    });
  const stream = await client.stream(request);
  options.onOpen?.();
  try {
    const lines = new JsonLines(MAX_LINE);
    for await (const chunk of stream.body) {
      options.onBytes?.();
      const values = lines.push(chunk);
      if (values.length > 0) yield values.map((value) => readEvent(kind, value, fail));
    }
    if (lines.unfinished) throw fail("Malformed", "the watch was cut off in the middle of an event");
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (options.signal.reason instanceof Silence) client.suspect();
    options.signal.throwIfAborted();
    // To be resumed like a watch that the server ended.
    if (stream.renewed) return;
    if (error instanceof SyntaxError) throw fail("Malformed", "an event of the watch is no JSON", { cause: error });
    if (error instanceof LineTooLong) throw fail("TooLarge", error.message, { cause: error });
    const { reason, text } = transportFailure(error);
    throw fail(reason, text, { cause: error });
  } finally {
    stream.end();
  }
}

type Fail = (reason: string, text: string, more?: { status?: number; cause?: unknown }) => ApiError;

function readEvent<T extends KubeObject>(kind: Kind<T>, value: unknown, fail: Fail): WatchEvent<T> {
  const { type, object } = (typeof value === "object" && value !== null ? value : {}) as { type?: unknown; object?: unknown };
  switch (type) {
    case "BOOKMARK":
      return { type, resourceVersion: identify(object).resourceVersion ?? "" };
    case "ADDED":
    case "MODIFIED":
    case "DELETED": {
      const decoded = decodeObject(kind, object);
      if (decoded.ok) return { type, object: decoded.value };
      const { key, resourceVersion } = identify(object);
      return { type: "REFUSED", key, resourceVersion, reason: decoded.reason, deleted: type === "DELETED" };
    }
    case "ERROR": {
      const status = parseStatus(object);
      if (!status) throw fail("InternalError", "the server ended the watch with an error that it does not name");
      const reason = status.reason || reasonOf(status.code);
      throw fail(reason, `${reason}: ${status.message}`, { status: status.code });
    }
    default:
      throw fail("Malformed", `"${String(type)}" is no event of a watch`);
  }
}
