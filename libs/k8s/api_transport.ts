// SPDX-License-Identifier: Apache-2.0
import type { ApiRequest } from "./api_request.ts";
import type { Connection } from "./connection.ts";

/** An answer whose body is still coming. Whoever has it must end it. */
export interface ApiStream {
  readonly body: ReadableStream<Uint8Array>;
  /** Whether the client ended it, to have a fresh connection in its place. */
  readonly renewed: boolean;
  /** Ends the connection. */
  end(): void;
}

/** What carries requests to one server. Everything throws ApiError, or the reason of the request's signal. */
export interface ApiTransport {
  readonly connection: Connection;
  /** The JSON of an answer. */
  request(request: ApiRequest): Promise<unknown>;
  /** An answer that goes on until somebody ends it. */
  stream(request: ApiRequest): Promise<ApiStream>;
  /** A connection fell silent; others may be dead too. */
  suspect(): void;
}
