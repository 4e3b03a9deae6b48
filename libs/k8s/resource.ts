// SPDX-License-Identifier: Apache-2.0

import { ApiError } from "./api_error.ts";
import type { ApiRequest } from "./api_request.ts";
import type { ApiTransport } from "./api_transport.ts";
import { decodeObject, identify } from "./decode_object.ts";
import { apiVersionOf, type Kind } from "./kind.ts";
import type { KubeObject } from "./kube_object.ts";
import { listPages } from "./list_pages.ts";
import type {
  ApplyObject,
  ApplyOptions,
  Cancel,
  DeleteOptions,
  Listing,
  ListOptions,
  PatchOptions,
  RefusedObject,
  ResourceClient,
  WatchOptions,
} from "./resource_client.ts";
import { type Place, placeText, resourcePath } from "./resource_path.ts";
import type { WatchEvent } from "./watch_event.ts";
import { watchStream } from "./watch_stream.ts";

const PATCH_TYPE = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

/** {@link ResourceClient} over an {@link ApiTransport}. */
export class Resource<T extends KubeObject> implements ResourceClient<T> {
  readonly kind: Kind<T>;
  readonly #client: ApiTransport;

  constructor(client: ApiTransport, kind: Kind<T>) {
    this.#client = client;
    this.kind = kind;
  }

  async get(name: string, options: Cancel & { readonly namespace?: string | undefined } = {}): Promise<T | undefined> {
    const place = { namespace: options.namespace, name };
    try {
      return await this.#one(place, { method: "GET", verb: "get", signal: options.signal });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async list(options: ListOptions<T> = {}): Promise<Listing<T>> {
    const { namespace, labelSelector, fieldSelector, limit, signal, known } = options;
    const items: T[] = [];
    const refused: RefusedObject[] = [];
    const take = (raws: readonly unknown[]) => {
      for (const raw of raws) {
        const { key, uid, resourceVersion } = identify(raw);
        const before = known?.(key);
        if (before && resourceVersion && before.metadata.resourceVersion === resourceVersion && before.metadata.uid === uid) {
          items.push(before);
          continue;
        }
        const decoded = decodeObject(this.kind, raw);
        if (decoded.ok) items.push(decoded.value);
        else refused.push({ name: key, reason: decoded.reason });
      }
    };
    const restart = () => {
      items.length = 0;
      refused.length = 0;
    };
    const object = placeText(this.kind, { namespace });
    const path = resourcePath(this.kind, { namespace });
    const request = { path, object, labelSelector, fieldSelector, limit, signal };
    const resourceVersion = await listPages(this.#client, request, take, restart);
    return { items, resourceVersion, refused };
  }

  create(object: T, options: Cancel = {}): Promise<T> {
    const { name, namespace } = object.metadata;
    const path = resourcePath(this.kind, { namespace });
    const text = placeText(this.kind, { namespace, name: name || `${object.metadata.generateName ?? ""}*` });
    return this.#send(path, text, { method: "POST", verb: "create", body: this.#named(object), ...options });
  }

  replace(object: T, options: Cancel = {}): Promise<T> {
    return this.#put(object, undefined, options);
  }

  replaceStatus(object: T, options: Cancel = {}): Promise<T> {
    return this.#put(object, "status", options);
  }

  patch(name: string, body: unknown, { type, namespace, subresource, signal }: PatchOptions): Promise<T> {
    const contentType = PATCH_TYPE[type];
    return this.#one({ namespace, name, subresource }, { method: "PATCH", verb: "patch", body, contentType, signal });
  }

  apply(object: ApplyObject<T>, { fieldManager, force, subresource, signal }: ApplyOptions): Promise<T> {
    const { name, namespace } = object.metadata;
    return this.#one(
      { namespace, name, subresource },
      {
        method: "PATCH",
        verb: "apply",
        query: { fieldManager, force: force || undefined },
        body: this.#named(object),
        contentType: "application/apply-patch+yaml",
        signal,
      },
    );
  }

  async delete(name: string, options: DeleteOptions = {}): Promise<boolean> {
    const { namespace, uid, resourceVersion, propagation, signal } = options;
    const place = { namespace, name };
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...(propagation && { propagationPolicy: propagation }),
      ...((uid || resourceVersion) && { preconditions: { uid, resourceVersion } }),
    };
    const object = placeText(this.kind, place);
    try {
      await this.#client.request({
        method: "DELETE",
        verb: "delete",
        path: resourcePath(this.kind, place),
        object,
        body,
        signal,
      });
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async *watch(options: WatchOptions): AsyncGenerator<WatchEvent<T>, void, void> {
    for await (const batch of this.watchBatches(options)) yield* batch;
  }

  watchBatches(options: WatchOptions): AsyncGenerator<readonly WatchEvent<T>[], void, void> {
    return watchStream(this.#client, this.kind, options);
  }

  #put(object: T, subresource: string | undefined, options: Cancel): Promise<T> {
    const { name, namespace } = object.metadata;
    return this.#one({ namespace, name, subresource }, { method: "PUT", verb: "update", body: this.#named(object), ...options });
  }

  #one(place: Place, request: Omit<ApiRequest, "path" | "object">): Promise<T> {
    return this.#send(resourcePath(this.kind, place), placeText(this.kind, place), request);
  }

  async #send(path: string, object: string, request: Omit<ApiRequest, "path" | "object">): Promise<T> {
    const decoded = decodeObject(this.kind, await this.#client.request({ ...request, path, object }));
    if (decoded.ok) return decoded.value;
    const verb = request.verb ?? request.method;
    const message = `${object} at ${this.#client.connection.server} is malformed: ${decoded.reason}`;
    throw new ApiError(message, { verb, object, reason: "Malformed" });
  }

  #named(object: { readonly metadata: unknown }): unknown {
    return { apiVersion: apiVersionOf(this.kind), kind: this.kind.kind, ...object };
  }
}

/** A 404 of the API server itself: the object is not there (or its kind is not, which an apply or create would say). */
function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && error.reason === "NotFound";
}
