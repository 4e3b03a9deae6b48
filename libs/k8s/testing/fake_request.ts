// SPDX-License-Identifier: Apache-2.0

/** A request as the fake server read it. */
export interface FakeRequest {
  readonly method: string;
  /** "list", "watch", "get", or the method in lower case. */
  readonly verb: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: unknown;
  /** The path without namespace and name: "/api/v1/pods". */
  readonly collection: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** The client's port: tells connections apart. */
  readonly port: number;
}

/** Takes a request of the Kubernetes API apart. */
export async function parseFakeRequest(raw: Request, port: number): Promise<FakeRequest> {
  const url = new URL(raw.url);
  const parts = url.pathname.split("/").slice(1).map(decodeURIComponent);
  const root = parts.splice(0, parts[0] === "api" ? 2 : 3);
  const namespace = parts[0] === "namespaces" && parts.length > 2 ? parts.splice(0, 2)[1] : undefined;
  const [plural = "", name, subresource] = parts;
  const text = await raw.text();
  const reading = name !== undefined ? "get" : url.searchParams.has("watch") ? "watch" : "list";
  return {
    method: raw.method,
    verb: raw.method === "GET" ? reading : raw.method.toLowerCase(),
    path: url.pathname,
    query: url.searchParams,
    headers: raw.headers,
    body: text === "" ? undefined : JSON.parse(text),
    collection: `/${[...root, plural].join("/")}`,
    namespace,
    name,
    subresource,
    port,
  };
}
