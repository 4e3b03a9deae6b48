// SPDX-License-Identifier: Apache-2.0
import type { Result } from "@strait/model";
import type { Log } from "@strait/obs";
import type { Access } from "../auth/access.ts";
import type { User } from "../auth/user.ts";
import type { ApiObject } from "../kinds/api_object.ts";
import type { ResourceType, TypeVersion } from "../kinds/resource_type.ts";
import type { TypeRegistry } from "../kinds/type_registry.ts";
import type { ObjectStore } from "../store/object_store.ts";
import type { ObjectKey } from "../store/stored_object.ts";

/** A write that is about to happen, for rules of the embedder (the broker's identities). */
export interface AdmissionRequest {
  readonly user: User;
  readonly verb: "create" | "update" | "delete";
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource?: string;
  /** The state to be written; absent for a deletion. */
  readonly object?: ApiObject;
  /** The state before; absent for a creation. */
  readonly old?: ApiObject;
}

/** Says whether a write may happen. A refusal is HTTP 403 with its reason. */
export type Admission = (request: AdmissionRequest) => Result<unknown>;

/** What every handler works with. */
export interface Api {
  readonly store: ObjectStore;
  readonly types: TypeRegistry;
  readonly log: Log;
  readonly now: () => number;
  readonly admission: readonly Admission[];
  /** What roles say, for rights that a request needs besides its own. */
  readonly allows: (user: User, access: Access) => boolean;
}

/** One request to a resource. */
export interface Scope {
  readonly user: User;
  readonly type: ResourceType;
  readonly version: TypeVersion;
  /** "" for cluster-wide kinds and for requests over all namespaces. */
  readonly namespace: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly dryRun: boolean;
  /** Who changes fields: `?fieldManager=`, else the first word of the User-Agent. */
  readonly manager: string;
  /** Adds a Warning header to the answer. */
  readonly warn: (message: string) => void;
}

export function keyOf(scope: Scope, name: string): ObjectKey {
  return { resource: scope.type.storage, namespace: scope.namespace, name };
}
