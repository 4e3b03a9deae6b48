// SPDX-License-Identifier: Apache-2.0
import type { KindNames } from "../kind.ts";
import { failure, jsonAnswer, type Made } from "./fake_answers.ts";
import { FakeObjects } from "./fake_objects.ts";
import { type FakeRequest, parseFakeRequest } from "./fake_request.ts";
import { FakeWatches } from "./fake_watches.ts";
import { FakeRefusal, fakeWrite } from "./fake_writes.ts";
import { LoopbackHttp } from "./loopback_http.ts";

export type { FakeRequest } from "./fake_request.ts";

export interface FakeApiServerOptions {
  /** PEM; plain HTTP when absent. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** To come back where another one was. */
  readonly port?: number;
}

/** Answers a request in place of the server; undefined leaves it to the server. */
export type Intercept = (request: FakeRequest) => Made;

/**
 * An API server in this process, on loopback: keeps objects, lists them in pages, watches, and misbehaves on demand. It knows no
 * schema, no rights and no selectors.
 *
 * @example
 * using server = new FakeApiServer();
 * server.objects(PodKind).put({ metadata: { name: "web-0", namespace: "default" } });
 * const client = new ApiClient(server.connection());
 * server.watches.drop(); // every watch breaks
 */
export class FakeApiServer {
  /** Every request that came, in order. */
  readonly requests: FakeRequest[] = [];
  readonly watches: FakeWatches;
  /** Asked before every answer; replace it to misbehave. */
  intercept: Intercept = () => undefined;
  #version = 0;
  /** Versions up to this one are forgotten. */
  #compacted = 0;
  readonly #kinds = new Map<string, FakeObjects>();
  readonly #server: LoopbackHttp;
  readonly #tls: boolean;

  constructor({ tls, port = 0 }: FakeApiServerOptions = {}) {
    this.#tls = tls !== undefined;
    this.watches = new FakeWatches(() => this.#version);
    this.#server = new LoopbackHttp({ port, tls, answer: (request, from) => this.#answer(request, from) });
  }

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return `${this.#tls ? "https" : "http"}://127.0.0.1:${this.port}`;
  }

  /** The version of the last write. */
  get version(): number {
    return this.#version;
  }

  /** A connection to it, without credentials. */
  connection() {
    return { server: this.url, tls: {}, origin: "a test" };
  }

  /** The objects of a kind. */
  objects({ group, version, plural }: Pick<KindNames, "group" | "version" | "plural">): FakeObjects {
    const prefix = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    return this.#objects(`${prefix}/${plural}`);
  }

  /** The requests of one verb ("list", "watch", "get", "post" …), for counting. */
  asked(verb: string): readonly FakeRequest[] {
    return this.requests.filter((request) => request.verb === verb);
  }

  /** Forgets the past: who asks for an earlier version gets 410. */
  compact(): void {
    this.#compacted = ++this.#version;
  }

  /** Ends at once, with every connection. */
  async stop(): Promise<void> {
    this.watches.drop();
    await this.#server.stop();
  }

  [Symbol.dispose](): void {
    void this.stop();
  }

  #objects(collection: string): FakeObjects {
    let found = this.#kinds.get(collection);
    if (!found) {
      found = new FakeObjects(() => ++this.#version);
      this.#kinds.set(collection, found);
    }
    return found;
  }

  async #answer(raw: Request, port: number): Promise<Response> {
    const request = await parseFakeRequest(raw, port);
    this.requests.push(request);
    const made = await this.intercept(request);
    if (made) return made;
    if (request.path === "/version") return jsonAnswer({ major: "1", minor: "34", gitVersion: "v1.34.0-fake", platform: "fake" });
    const objects = this.#objects(request.collection);
    if (request.verb === "watch") return this.#watch(objects, request);
    if (request.verb === "list") return this.#list(objects, request);
    return this.#one(objects, request);
  }

  #watch(objects: FakeObjects, { query, namespace }: FakeRequest): Response {
    const from = Number(query.get("resourceVersion"));
    return this.watches.open(objects, {
      from,
      namespace,
      expired: from < this.#compacted,
      seconds: Number(query.get("timeoutSeconds") ?? 0),
    });
  }

  #list(objects: FakeObjects, { query, namespace }: FakeRequest): Response {
    const limit = Number(query.get("limit") ?? 0);
    const [version, start] = (query.get("continue") ?? `${this.#version}:0`).split(":").map(Number) as [number, number];
    if (version < this.#compacted) return failure(410, "Expired", "The provided continue parameter is too old");
    const all = objects.list(namespace);
    const items = limit > 0 ? all.slice(start, start + limit) : all.slice(start);
    const next = start + items.length < all.length ? `${version}:${start + items.length}` : undefined;
    return jsonAnswer({ kind: "List", apiVersion: "v1", metadata: { resourceVersion: String(version), continue: next }, items });
  }

  #one(objects: FakeObjects, { method, namespace, name, body, query }: FakeRequest): Response {
    try {
      const apply = method === "PATCH" && query.has("fieldManager");
      const { code, object } = fakeWrite(objects, { method, namespace, name, body, apply });
      return jsonAnswer(object, code);
    } catch (error) {
      if (error instanceof FakeRefusal) return failure(error.code, error.reason, error.message);
      throw error;
    }
  }
}
