// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { ApiError, isExpired } from "./api_error.ts";
import type { ApiTransport } from "./api_transport.ts";
import { decodeWith } from "./kind.ts";

const PAGE = 500;

const pageSchema = v.looseObject({
  metadata: v.looseObject({
    resourceVersion: v.nullish(v.string(), ""),
    continue: v.nullish(v.string(), ""),
  }),
  items: v.nullish(v.array(v.unknown()), []),
});

/** One list, wherever it is kept. */
export interface ListRequest {
  readonly path: string;
  /** For messages. */
  readonly object: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects per page. 500 when absent. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * All pages of a list, raw. The pages belong together: where the server gave up the version of the first one in between (410), the
 * list starts again, and the second time it is asked for in one piece. A page that is too large is asked for in smaller ones.
 *
 * @returns the version that a watch goes on from.
 * @throws ApiError, or the reason of the signal.
 */
export async function listPages(
  client: ApiTransport,
  request: ListRequest,
  take: (items: readonly unknown[]) => void,
  restart: () => void,
): Promise<string> {
  let limit = request.limit ?? PAGE;
  let token = "";
  let expired = 0;
  for (;;) {
    try {
      const page = await readPage(client, request, limit, token);
      take(page.items);
      token = page.metadata.continue;
      if (token === "") return page.metadata.resourceVersion;
    } catch (error) {
      if (error instanceof ApiError && error.reason === "TooLarge" && limit > 1) {
        limit = Math.max(1, limit >> 2);
        continue;
      }
      if (!isExpired(error) || token === "") throw error;
      restart();
      token = "";
      if (++expired > 1) limit = 0;
    }
  }
}

async function readPage(client: ApiTransport, request: ListRequest, limit: number, token: string) {
  const { path, object, labelSelector, fieldSelector, signal } = request;
  const query = { labelSelector, fieldSelector, limit: limit || undefined, continue: token || undefined };
  const answer = await client.request({ method: "GET", path, query, verb: "list", object, signal });
  const page = decodeWith(pageSchema, answer);
  if (page.ok) return page.value;
  const message = `cannot list ${object} at ${client.connection.server}: the answer is no list: ${page.reason}`;
  throw new ApiError(message, { verb: "list", object, reason: "Malformed" });
}
