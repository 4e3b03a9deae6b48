// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from "../patch/mod.ts";

/** What a kubeconfig of ours says about the server and its user. */
export interface ClientConfig {
  readonly url: string;
  readonly tls: { readonly ca: string; readonly cert?: string; readonly key?: string };
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The members of objects, lists and Statuses that tests look at. What is not there reads as undefined all the same. */
export interface Body {
  readonly kind: string;
  readonly metadata: Readonly<Record<"name" | "uid" | "resourceVersion" | "continue", string>>;
  readonly items: readonly Body[];
  readonly data: Readonly<Record<string, string>>;
  readonly message: string;
  readonly reason: string;
  readonly code: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Reads a kubeconfig with one cluster and one user. */
export function readKubeconfig(text: string): ClientConfig {
  const decode = (data: string) => Buffer.from(data, "base64").toString();
  const config = Bun.YAML.parse(text) as {
    clusters: [{ cluster: Record<string, string> }];
    users: [{ user: Record<string, string> }];
  };
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  return {
    url: cluster["server"] ?? "",
    tls: {
      ca: decode(cluster["certificate-authority-data"] ?? ""),
      cert: decode(user["client-certificate-data"] ?? ""),
      key: decode(user["client-key-data"] ?? ""),
    },
  };
}

/** A client of a server under test. */
export class TestClient {
  readonly config: ClientConfig;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(config: ClientConfig, headers: Readonly<Record<string, string>> = {}) {
    this.config = config;
    this.#headers = headers;
  }

  /** The same server, without the certificate and with a token. */
  withToken(token: string): TestClient {
    return new TestClient({ url: this.config.url, tls: { ca: this.config.tls.ca } }, { authorization: `Bearer ${token}` });
  }

  fetch(method: string, path: string, { body, headers, signal }: CallOptions = {}): Promise<Response> {
    return fetch(`${this.config.url}${path}`, {
      method,
      headers: { "content-type": "application/json", ...this.#headers, ...headers },
      tls: this.config.tls,
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    } as RequestInit);
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const response = await this.fetch(method, path, options);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : { message: text }) as Body };
  }

  /** Creates an object. @throws Error with the answer where it is refused. */
  async make(path: string, body: JsonObject): Promise<Body> {
    const answer = await this.call("POST", path, { body });
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** The events of a watch, until the signal ends it or the server does. */
  async *watch(path: string, signal?: AbortSignal): AsyncGenerator<{ type: string; object: Body }> {
    const response = await this.fetch("GET", path, signal ? { signal } : {});
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line);
    }
  }
}

/** A ConfigMap to write. */
export function configMap(name: string, data: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...metadata }, data };
}
