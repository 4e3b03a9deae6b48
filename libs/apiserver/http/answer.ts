// SPDX-License-Identifier: Apache-2.0
import type { StatusError } from "./status_error.ts";

/** A JSON answer. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(`${JSON.stringify(value)}\n`, { status, headers: { "content-type": "application/json", ...headers } });
}

/** A JSON answer that is text already. */
export function jsonText(text: string, type: string): Response {
  return new Response(text, { headers: { "content-type": type } });
}

/** An answer whose body goes out as it is made. */
export function stream(body: ReadableStream<Uint8Array>, type = "application/json"): Response {
  return new Response(body, { headers: { "content-type": type, "cache-control": "no-cache, private", "x-strait-stream": "1" } });
}

export function refusal(error: StatusError): Response {
  const headers: Record<string, string> = error.code === 401 ? { "www-authenticate": "Bearer" } : {};
  if (error.details?.retryAfterSeconds) headers["retry-after"] = String(error.details.retryAfterSeconds);
  return json(error.toStatus(), error.code, headers);
}
