// SPDX-License-Identifier: Apache-2.0

import { Log } from "@strait/obs";
import { sleep, systemTimers, type Timers } from "@strait/time";
import * as v from "valibot";
import { ApiError } from "./api_error.ts";
import { type ApiRequest, cannot, objectOf, urlOf, verbOf } from "./api_request.ts";
import type { ApiStream, ApiTransport } from "./api_transport.ts";
import type { Connection } from "./connection.ts";
import { type Answer, failedAnswer, isJson, notKubernetes } from "./failed_answer.ts";
import { decodeWith, type Kind } from "./kind.ts";
import type { KubeObject } from "./kube_object.ts";
import { BodyTooLarge, readBody } from "./read_body.ts";
import { RequestGuard } from "./request_guard.ts";
import { Resource } from "./resource.ts";
import type { ResourceClient } from "./resource_client.ts";
import { retryWait } from "./retry_wait.ts";
import { transportFailure } from "./transport_failure.ts";

export interface ApiClientOptions {
  readonly log?: Log | undefined;
  readonly timers?: Timers | undefined;
  /** Milliseconds for a whole answer. 30000 when absent. */
  readonly requestTimeoutMs?: number | undefined;
  /** Bytes an answer may have. 64 MiB when absent. */
  readonly maxBytes?: number | undefined;
}

/** What `/version` says. */
export interface ServerVersion {
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
  readonly platform: string;
}

const versionSchema = v.looseObject({
  gitVersion: v.string(),
  major: v.optional(v.string(), ""),
  minor: v.optional(v.string(), ""),
  platform: v.optional(v.string(), ""),
});

/**
 * Speaks to one API server. Requests have a time limit, connections are kept and shared, and every failure is an {@link ApiError}.
 *
 * @example
 * const client = new ApiClient(await loadKubeConfig({}));
 * const nodes = await client.resource(NodeKind).list();
 */
export class ApiClient implements ApiTransport {
  readonly connection: Connection;
  readonly log: Log;
  readonly timers: Timers;
  readonly #timeoutMs: number;
  readonly #maxBytes: number;
  readonly #closing = new AbortController();
  /** Whether a connection failed and none worked since. */
  #suspicious = false;
  /** Whether it failed by silence: others that are open may be as dead and not know it. */
  #silence = false;
  readonly #streams = new Set<() => void>();

  constructor(connection: Connection, options: ApiClientOptions = {}) {
    this.connection = connection;
    this.log = options.log ?? new Log({ level: "error" });
    this.timers = options.timers ?? systemTimers;
    this.#timeoutMs = options.requestTimeoutMs ?? 30_000;
    this.#maxBytes = options.maxBytes ?? 64 << 20;
  }

  /** The objects of one kind. */
  resource<T extends KubeObject>(kind: Kind<T>): ResourceClient<T> {
    return new Resource(this, kind);
  }

  /** What the server says of itself. @throws ApiError */
  async version(signal?: AbortSignal): Promise<ServerVersion> {
    const request: ApiRequest = { method: "GET", path: "/version", verb: "get", object: "the server's version", signal };
    const decoded = decodeWith(versionSchema, await this.request(request));
    if (decoded.ok) return decoded.value;
    throw this.#error(request, "Malformed", decoded.reason);
  }

  /**
   * The JSON of an answer. Where the server asks to wait (429, 503 with Retry-After) it is asked again a few times; where it refused
   * kept credentials, once with new ones.
   *
   * @throws ApiError, or the reason of the request's signal.
   */
  request(request: ApiRequest): Promise<unknown> {
    return this.#retrying(request, () => this.#once(request));
  }

  /**
   * Opens an answer that goes on until somebody ends it (a watch). The time limit is for its head only.
   *
   * @throws ApiError, or the reason of the request's signal.
   */
  stream(request: ApiRequest): Promise<ApiStream> {
    return this.#retrying(request, () => this.#openStream(request));
  }

  /**
   * A connection fell silent. Kept ones may be dead too: none of them is used until a fresh one has worked. When it has, streams
   * that were open before are ended, so that whoever reads them opens fresh ones: TCP itself may take minutes to notice that a path
   * works again.
   */
  suspect(): void {
    this.#suspicious = true;
    this.#silence = true;
  }

  /** Ends everything that is under way; the client cannot be used afterwards. */
  close(): void {
    this.#closing.abort(new ApiError("the client was closed", { verb: "close", object: "client", reason: "Transport" }));
  }

  async #retrying<T>(request: ApiRequest, run: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      try {
        return await run();
      } catch (error) {
        const wait = retryWait(error, failures, this.connection);
        if (wait === undefined || this.#closing.signal.aborted) throw error;
        await sleep(this.timers, wait, request.signal);
        request.signal?.throwIfAborted();
      }
    }
  }

  async #openStream(request: ApiRequest): Promise<ApiStream> {
    const { response, guard } = await this.#open(request);
    try {
      const contentType = response.headers.get("content-type") ?? "";
      if (response.ok && isJson(contentType) && response.body) {
        guard.stopClock();
        return this.#register(response.body, guard);
      }
      throw this.#refused(request, response, await readBody(response, 1 << 20));
    } catch (error) {
      const explained = this.#explain(request, error, guard);
      guard.abort();
      throw explained;
    }
  }

  #register(body: ReadableStream<Uint8Array>, guard: RequestGuard): ApiStream {
    let renewed = false;
    const renew = () => {
      renewed = true;
      guard.abort();
    };
    this.#streams.add(renew);
    return {
      body,
      get renewed() {
        return renewed;
      },
      end: () => {
        this.#streams.delete(renew);
        guard.abort();
      },
    };
  }

  #works(): void {
    this.#suspicious = false;
    if (!this.#silence) return;
    this.#silence = false;
    for (const renew of this.#streams) renew();
    this.#streams.clear();
  }

  async #once(request: ApiRequest): Promise<unknown> {
    const { response, guard } = await this.#open(request);
    try {
      const text = await readBody(response, request.maxBytes ?? this.#maxBytes);
      if (response.ok && request.answer === "text") return text;
      if (!response.ok || !isJson(response.headers.get("content-type") ?? "")) throw this.#refused(request, response, text);
      return this.#json(request, response.status, text);
    } catch (error) {
      throw this.#explain(request, error, guard);
    } finally {
      guard.release();
    }
  }

  async #open(request: ApiRequest): Promise<{ response: Response; guard: RequestGuard }> {
    const guard = new RequestGuard(this.timers, request.timeoutMs ?? this.#timeoutMs, [request.signal, this.#closing.signal]);
    const { connection } = this;
    try {
      const headers: Record<string, string> = {
        accept: request.answer === "text" ? "*/*" : "application/json",
        "user-agent": "strait",
        ...connection.headers,
      };
      const [token, certificate] = await this.#credentials(request);
      if (token) headers["authorization"] = `Bearer ${token}`;
      if (request.body !== undefined) headers["content-type"] = request.contentType ?? "application/json";
      const { ca, cert, key, serverName, insecure } = { ...connection.tls, ...certificate };
      const response = await fetch(urlOf(connection.server, request), {
        method: request.method,
        headers,
        redirect: "manual",
        signal: guard.signal,
        keepalive: !this.#suspicious,
        ...(connection.proxy && { proxy: connection.proxy }),
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        tls: {
          ...(ca && { ca }),
          ...(cert && { cert }),
          ...(key && { key }),
          ...(serverName && { serverName }),
          rejectUnauthorized: !insecure,
        },
        // Bun's own limit would end a quiet watch after five minutes.
        timeout: false,
      } as RequestInit);
      this.#works();
      return { response, guard };
    } catch (error) {
      guard.release();
      throw this.#explain(request, error, guard);
    }
  }

  async #credentials(request: ApiRequest): Promise<[string | undefined, { cert: string; key: string } | undefined]> {
    try {
      return await Promise.all([this.connection.token?.(), this.connection.certificate?.()]);
    } catch (error) {
      throw this.#error(request, "Credentials", error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  #json(request: ApiRequest, status: number, text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw this.#error(request, "Malformed", "the answer is cut off or no JSON", { status, cause });
    }
  }

  #refused(request: ApiRequest, response: Response, text: string): ApiError {
    const answer: Answer = {
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      retryAfter: response.headers.get("retry-after"),
      text,
    };
    if (!response.ok) return failedAnswer(this.connection.server, request, answer, this.timers.now());
    return this.#error(request, "NotKubernetes", notKubernetes(answer), { status: response.status });
  }

  #explain(request: ApiRequest, error: unknown, guard: RequestGuard): unknown {
    if (error instanceof ApiError) return error;
    this.#suspicious = true;
    if (guard.expired) {
      this.suspect();
      return this.#error(request, "Transport", `no answer within ${guard.timeoutMs / 1000} s`, { cause: error });
    }
    if (guard.signal.aborted) return guard.signal.reason;
    if (error instanceof BodyTooLarge) return this.#error(request, "TooLarge", error.message, { cause: error });
    const { reason, text } = transportFailure(error);
    return this.#error(request, reason, text, { cause: error });
  }

  #error(request: ApiRequest, reason: string, text: string, more: { status?: number; cause?: unknown } = {}): ApiError {
    const details = { verb: verbOf(request), object: objectOf(request), reason, ...more };
    return new ApiError(`${cannot(this.connection.server, request)}: ${text}`, details);
  }
}
