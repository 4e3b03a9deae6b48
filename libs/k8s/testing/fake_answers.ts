// SPDX-License-Identifier: Apache-2.0

/** An answer, now or later, or none. */
export type Made = Response | undefined | Promise<Response | undefined>;

export function jsonAnswer(value: unknown, status = 200): Response {
  return Response.json(value, { status });
}

/** A failure as an API server says it. */
export function failure(code: number, reason: string, message: string, headers: Record<string, string> = {}): Response {
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
  return Response.json(status, { status: code, headers });
}

/** A web page where an API server should be. */
export function webPage(status = 200): Response {
  return new Response("<!DOCTYPE html><html><body>Sign in</body></html>", { status, headers: { "content-type": "text/html" } });
}

/** Never answers, until the request is given up or the server ends. */
export function silence(): Promise<Response> {
  return Promise.withResolvers<Response>().promise;
}
