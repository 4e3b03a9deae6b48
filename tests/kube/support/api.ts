// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { sharedPlane } from "./plane.ts";

/** What JSON.parse gives: the suite looks at raw answers, which have every shape, and reads what it asserts. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly type?: string;
  readonly accept?: string;
}

interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Requests to one API server as one user, raw: what comes back is asserted, not interpreted. */
export class Api {
  readonly url: string;
  readonly tls: Tls;
  readonly token: string | undefined;

  constructor(url: string, tls: Tls, token?: string) {
    this.url = url;
    this.tls = tls;
    this.token = token;
  }

  /** The same server, asked as the bearer of a token. */
  withToken(token: string): Api {
    return new Api(this.url, { ...(this.tls.ca === undefined ? {} : { ca: this.tls.ca }) }, token);
  }

  fetch(method: string, path: string, body?: unknown, options: CallOptions & { signal?: AbortSignal } = {}): Promise<Response> {
    const query = Object.entries(options.query ?? {}).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    const headers: Record<string, string> = { accept: options.accept ?? "application/json" };
    if (body !== undefined) headers["content-type"] = options.type ?? "application/json";
    if (this.token !== undefined) headers["authorization"] = `Bearer ${this.token}`;
    return fetch(this.url + path + (query.length === 0 ? "" : `?${query.join("&")}`), {
      method,
      headers,
      tls: this.tls,
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  async call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    const answer = await this.fetch(method, path, body, options);
    const text = await answer.text();
    const json = answer.headers.get("content-type")?.includes("json") ?? false;
    return { status: answer.status, headers: answer.headers, body: json && text !== "" ? JSON.parse(text) : text };
  }

  get(path: string, query?: CallOptions["query"], options: CallOptions = {}): Promise<Answer> {
    return this.call("GET", path, undefined, { ...options, ...(query === undefined ? {} : { query }) });
  }

  post(path: string, body: unknown, query?: CallOptions["query"]): Promise<Answer> {
    return this.call("POST", path, body, query === undefined ? {} : { query });
  }

  put(path: string, body: unknown, query?: CallOptions["query"]): Promise<Answer> {
    return this.call("PUT", path, body, query === undefined ? {} : { query });
  }

  /** `kind` is the word of the content type: "merge-patch", "json-patch", "strategic-merge-patch", "apply-patch" (body may be YAML). */
  patch(kind: string, path: string, body: unknown, query?: CallOptions["query"]): Promise<Answer> {
    const type = `application/${kind}+${kind === "apply-patch" ? "yaml" : "json"}`;
    return this.call("PATCH", path, body, { type, ...(query === undefined ? {} : { query }) });
  }

  delete(path: string, body?: unknown, query?: CallOptions["query"]): Promise<Answer> {
    return this.call("DELETE", path, body, query === undefined ? {} : { query });
  }

  /** Makes an object and returns it; throws with the answer where the server refuses. */
  async make(path: string, body: unknown): Promise<Json> {
    const answer = await this.post(path, body);
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

/** The administrator of the shared control plane. */
export async function admin(): Promise<Api> {
  return apiOf((await sharedPlane()).kubeconfig);
}

/** The user of a kubeconfig that holds everything inline. */
export async function apiOf(kubeconfig: string): Promise<Api> {
  const { clusters, users } = parse(await readFile(kubeconfig, "utf8")) as Json;
  const text = (base64: string) => Buffer.from(base64, "base64").toString();
  const { cluster } = clusters[0];
  const { user } = users[0];
  const ca = text(cluster["certificate-authority-data"]);
  const cert = text(user["client-certificate-data"]);
  return new Api(cluster.server, { ca, cert, key: text(user["client-key-data"]) });
}
