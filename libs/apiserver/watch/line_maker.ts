// SPDX-License-Identifier: Apache-2.0
import type { Shown } from "../http/respond.ts";
import type { StatusError } from "../http/status_error.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import { apiVersionOf } from "../kinds/resource_type.ts";
import { present } from "../resources/present.ts";
import type { Scope } from "../resources/scope.ts";
import type { StoredObject } from "../store/stored_object.ts";

type EventType = "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";

/** Texts of changes by apiVersion: many watches say the same. A change is forgotten with the hub's last reference to it. */
const texts = new WeakMap<StoredObject, Map<string, string>>();

/** Makes the lines of one watch. */
export class LineMaker {
  readonly #scope: Scope;
  readonly #shown: Shown;
  readonly #head: { readonly apiVersion: string; readonly kind: string };

  constructor(scope: Scope, { shown }: { readonly shown: Shown }) {
    this.#scope = scope;
    this.#shown = shown;
    this.#head = { apiVersion: apiVersionOf(scope.type.group, scope.version.name), kind: scope.type.kind };
  }

  /** The object in the version of the watch. */
  show(stored: StoredObject): ApiObject {
    return present(stored, this.#scope.type, this.#scope.version);
  }

  ofStored(type: EventType, stored: StoredObject): string {
    return this.#shown.whole ? this.#line(type, this.#text(stored)) : this.ofObject(type, this.show(stored));
  }

  ofObject(type: EventType, object: ApiObject): string {
    return this.#line(type, JSON.stringify(this.#shown.event(object)));
  }

  bookmark(rv: number, annotations?: Record<string, string>): string {
    const metadata = { resourceVersion: String(rv), creationTimestamp: null, ...(annotations && { annotations }) };
    return this.ofObject("BOOKMARK", { ...this.#head, metadata } as unknown as ApiObject);
  }

  error(error: StatusError): string {
    return this.#line("ERROR", JSON.stringify(error.toStatus()));
  }

  #line(type: EventType, object: string): string {
    return `{"type":"${type}","object":${object}}`;
  }

  #text(stored: StoredObject): string {
    const { apiVersion } = this.#head;
    const known = texts.get(stored);
    const found = known?.get(apiVersion);
    if (found !== undefined) return found;
    const { builtIn } = this.#scope.type;
    const asStored = builtIn && stored.body.startsWith(`${JSON.stringify(this.#head).slice(0, -1)},`);
    const text = asStored ? stored.body : JSON.stringify(this.show(stored));
    texts.set(stored, (known ?? new Map<string, string>()).set(apiVersion, text));
    return text;
  }
}
