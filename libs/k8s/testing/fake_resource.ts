// SPDX-License-Identifier: Apache-2.0
import { ApiError } from "../api_error.ts";
import { decodeObject, identify } from "../decode_object.ts";
import { apiVersionOf, type Kind } from "../kind.ts";
import { type KubeObject, objectKey } from "../kube_object.ts";
import type {
  ApplyObject,
  ApplyOptions,
  Cancel,
  DeleteOptions,
  Listing,
  ListOptions,
  PatchOptions,
  ResourceClient,
  WatchOptions,
} from "../resource_client.ts";
import type { WatchEvent } from "../watch_event.ts";
import type { FakeCall } from "./fake_call.ts";
import type { FakeEvent, FakeObjects } from "./fake_objects.ts";
import { FakeRefusal, type FakeWrite, fakeWrite } from "./fake_writes.ts";

/** What a fake resource has from its cluster. */
export interface FakeResourceHost {
  readonly version: () => number;
  readonly before: (call: FakeCall) => Promise<void>;
}

/** {@link ResourceClient} over objects in memory. */
export class FakeResource<T extends KubeObject> implements ResourceClient<T> {
  readonly kind: Kind<T>;
  readonly #objects: FakeObjects;
  readonly #host: FakeResourceHost;

  constructor(kind: Kind<T>, objects: FakeObjects, host: FakeResourceHost) {
    this.kind = kind;
    this.#objects = objects;
    this.#host = host;
  }

  async get(
    name: string,
    { namespace, signal }: Cancel & { readonly namespace?: string | undefined } = {},
  ): Promise<T | undefined> {
    try {
      return await this.#call("get", { method: "GET", name, namespace }, signal);
    } catch (error) {
      if (error instanceof ApiError && error.reason === "NotFound") return undefined;
      throw error;
    }
  }

  async list({ namespace, signal }: ListOptions<T> = {}): Promise<Listing<T>> {
    await this.#before({ verb: "list", plural: this.kind.plural, key: namespace ?? "" }, signal);
    const listing: Listing<T> = { items: [], refused: [], resourceVersion: String(this.#host.version()) };
    for (const raw of this.#objects.list(namespace)) {
      const decoded = decodeObject(this.kind, raw);
      if (decoded.ok) listing.items.push(decoded.value);
      else listing.refused.push({ name: identify(raw).key, reason: decoded.reason });
    }
    return listing;
  }

  create(object: T, { signal }: Cancel = {}): Promise<T> {
    return this.#call("create", { method: "POST", body: this.#plain(object) }, signal);
  }

  replace(object: T, { signal }: Cancel = {}): Promise<T> {
    return this.#call("update", { method: "PUT", body: this.#plain(object) }, signal);
  }

  replaceStatus(object: T, options: Cancel = {}): Promise<T> {
    return this.replace(object, options);
  }

  patch(name: string, body: unknown, { namespace, signal }: PatchOptions): Promise<T> {
    return this.#call("patch", { method: "PATCH", name, namespace, body }, signal);
  }

  apply(object: ApplyObject<T>, { signal }: ApplyOptions): Promise<T> {
    return this.#call("apply", { method: "PATCH", apply: true, body: this.#plain(object) }, signal);
  }

  async delete(name: string, { namespace, uid, resourceVersion, signal }: DeleteOptions = {}): Promise<boolean> {
    try {
      await this.#call(
        "delete",
        { method: "DELETE", name, namespace, body: { preconditions: { uid, resourceVersion } } },
        signal,
      );
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.reason === "NotFound") return false;
      throw error;
    }
  }

  async *watch(options: WatchOptions): AsyncGenerator<WatchEvent<T>, void, void> {
    for await (const batch of this.watchBatches(options)) yield* batch;
  }

  async *watchBatches({
    namespace,
    resourceVersion,
    signal,
    onOpen,
  }: WatchOptions): AsyncGenerator<readonly WatchEvent<T>[], void, void> {
    await this.#before({ verb: "watch", plural: this.kind.plural, key: namespace ?? "" }, signal);
    const waiting: FakeEvent[] = [...this.#objects.since(Number(resourceVersion))];
    let wake = () => {};
    const off = this.#objects.listen((event) => {
      waiting.push(event);
      wake();
    });
    const abort = () => wake();
    signal.addEventListener("abort", abort, { once: true });
    onOpen?.();
    try {
      for (;;) {
        signal.throwIfAborted();
        const batch = waiting
          .splice(0)
          .filter(({ object }) => namespace === undefined || object.metadata.namespace === namespace);
        if (batch.length > 0) yield batch.map((event) => this.#event(event));
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      off();
      signal.removeEventListener("abort", abort);
    }
  }

  #event({ type, object }: FakeEvent): WatchEvent<T> {
    const decoded = decodeObject(this.kind, object);
    if (decoded.ok) return { type, object: decoded.value };
    const { key, resourceVersion } = identify(object);
    return { type: "REFUSED", key, resourceVersion, reason: decoded.reason, deleted: type === "DELETED" };
  }

  async #call(verb: string, write: FakeWrite, signal: AbortSignal | undefined): Promise<T> {
    const identity = identify(write.body);
    const key = write.name === undefined ? identity.key : objectKey(write.namespace, write.name);
    const { plural } = this.kind;
    await this.#before({ verb, plural, key, body: write.body }, signal);
    try {
      const decoded = decodeObject(this.kind, fakeWrite(this.#objects, write).object);
      if (decoded.ok) return decoded.value;
      throw new ApiError(decoded.reason, { verb, object: key, reason: "Malformed" });
    } catch (error) {
      if (!(error instanceof FakeRefusal)) throw error;
      throw new ApiError(`${error.reason}: ${error.message}`, { verb, object: key, status: error.code, reason: error.reason });
    }
  }

  async #before(call: FakeCall, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      await Promise.race([this.#host.before(call), promise]);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** What would arrive at a server: JSON, without members that are undefined. */
  #plain(object: object): unknown {
    return JSON.parse(JSON.stringify({ apiVersion: apiVersionOf(this.kind), kind: this.kind.kind, ...object }));
  }
}
