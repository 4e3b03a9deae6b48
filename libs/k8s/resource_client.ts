// SPDX-License-Identifier: Apache-2.0
import type { Kind } from "./kind.ts";
import type { KubeObject } from "./kube_object.ts";
import type { WatchEvent } from "./watch_event.ts";

/** Calls it off; the promise then rejects with the signal's reason. */
export interface Cancel {
  readonly signal?: AbortSignal | undefined;
}

/** Which objects. No namespace means all. */
export interface Selection extends Cancel {
  readonly namespace?: string | undefined;
  /** `app=web,tier!=db` */
  readonly labelSelector?: string | undefined;
  /** `spec.nodeName=gw1` */
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions<T> extends Selection {
  /** Objects per page. 500 when absent. */
  readonly limit?: number | undefined;
  /**
   * The object that is known under this key: where its uid and version are those of the list, it is taken in place of decoding the
   * listed one again.
   */
  readonly known?: ((key: string) => T | undefined) | undefined;
}

/** An object that did not decode. */
export interface RefusedObject {
  /** As `keyOf` has it; "" where the object has no readable name. */
  readonly name: string;
  readonly reason: string;
}

export interface Listing<T> {
  readonly items: T[];
  /** From where a watch goes on. */
  readonly resourceVersion: string;
  readonly refused: RefusedObject[];
}

export interface WatchOptions extends Selection {
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds?: number | undefined;
  /** Told of every sign of life: bytes of events or bookmarks. */
  readonly onBytes?: (() => void) | undefined;
  /** Told once when the server has accepted the watch. */
  readonly onOpen?: (() => void) | undefined;
}

export interface PatchOptions extends Cancel {
  readonly type: "json" | "merge" | "strategic";
  readonly namespace?: string | undefined;
  readonly subresource?: string | undefined;
}

export interface ApplyOptions extends Cancel {
  readonly fieldManager: string;
  /** Takes fields from other managers. */
  readonly force?: boolean | undefined;
  readonly subresource?: string | undefined;
}

export interface DeleteOptions extends Cancel {
  readonly namespace?: string | undefined;
  /** Delete only this very object (else Conflict). */
  readonly uid?: string | undefined;
  /** Delete only this version of it (else Conflict). */
  readonly resourceVersion?: string | undefined;
  readonly propagation?: "Background" | "Foreground" | "Orphan" | undefined;
}

/** The objects of one kind on one server. Everything throws ApiError, or the signal's reason. */
export interface ResourceClient<T extends KubeObject> {
  readonly kind: Kind<T>;
  /** Undefined where there is none. */
  get(name: string, options?: Cancel & { readonly namespace?: string | undefined }): Promise<T | undefined>;
  /** All pages. What does not decode is named, the others are there. */
  list(options?: ListOptions<T>): Promise<Listing<T>>;
  create(object: T, options?: Cancel): Promise<T>;
  /** Writes the whole object; where it carries a resourceVersion, only over that version (else Conflict). */
  replace(object: T, options?: Cancel): Promise<T>;
  /** As replace, for the status alone. */
  replaceStatus(object: T, options?: Cancel): Promise<T>;
  patch(name: string, body: unknown, options: PatchOptions): Promise<T>;
  /** Server-side apply: the fields given become ours, those we gave before and do not give now go away. */
  apply(object: ApplyObject<T>, options: ApplyOptions): Promise<T>;
  /** False where it was not there. */
  delete(name: string, options?: DeleteOptions): Promise<boolean>;
  /** Events one by one until the server ends the watch. What expired is thrown (`isExpired`). */
  watch(options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** The same, those that arrived together in one batch. */
  watchBatches(options: WatchOptions): AsyncIterable<readonly WatchEvent<T>[]>;
}

/** What is applied: any part of an object, with its name. */
export type ApplyObject<T extends KubeObject> = {
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined } & Partial<T["metadata"]>;
} & { readonly [Member in Exclude<keyof T, "metadata">]?: unknown };
