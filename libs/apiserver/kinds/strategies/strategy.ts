// SPDX-License-Identifier: Apache-2.0
import type { Cause } from "../../http/status_error.ts";
import type { Api, Scope } from "../../resources/scope.ts";
import type { ApiObject } from "../api_object.ts";

/** What a built-in kind does besides being stored. Changes objects in place; may throw a StatusError. */
export interface Strategy {
  /** Fills what is absent, at every write. */
  defaults?(object: ApiObject): void;
  /** What the server sets when an object is created. */
  create?(object: ApiObject, api: Api, scope: Scope): void;
  /** Keeps what an update may not change or may leave out. */
  update?(object: ApiObject, old: ApiObject, api: Api, scope: Scope): void;
  /** Faults in the API's wording. */
  validate?(object: ApiObject, old?: ApiObject): readonly Cause[];
}
