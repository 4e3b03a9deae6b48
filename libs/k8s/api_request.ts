// SPDX-License-Identifier: Apache-2.0

/** One call of the API. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** From the root of the server: "/api/v1/nodes". */
  readonly path: string;
  /** Undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the body; "application/json" when absent. */
  readonly contentType?: string | undefined;
  /** Calls it off; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole answer; the client's where absent. */
  readonly timeoutMs?: number | undefined;
  /** Bytes the answer may have; the client's where absent. */
  readonly maxBytes?: number | undefined;
  /** What the answer is: "json" when absent, "text" for logs of pods. */
  readonly answer?: "json" | "text" | undefined;
  /** For messages; the method in lower case where absent. */
  readonly verb?: string | undefined;
  /** For messages; the path where absent. */
  readonly object?: string | undefined;
}

/** The URL of a request on a server. */
export function urlOf(server: string, { path, query = {} }: ApiRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return `${server}${path}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`;
}

/** "cannot list pods at https://10.0.0.1:6443". */
export function cannot(server: string, request: ApiRequest): string {
  return `cannot ${verbOf(request)} ${objectOf(request)} at ${server}`;
}

export function verbOf({ verb, method }: ApiRequest): string {
  return verb ?? method.toLowerCase();
}

export function objectOf({ object, path }: ApiRequest): string {
  return object ?? path;
}
