// SPDX-License-Identifier: Apache-2.0
import type { RootedSchema } from "../schema/json_schema.ts";

/** A kind in one version, as the OpenAPI documents show it. */
export interface ServedType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Subresources that are read and written by themselves: "status", "scale". */
  readonly subresources: readonly string[];
  readonly builtIn: boolean;
  readonly schema: RootedSchema;
}

/** "api/v1", "apis/submariner.io/v1": the key of a group version, and its path without the leading slash. */
export function groupVersionPath({ group, version }: Pick<ServedType, "group" | "version">): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

/**
 * What Kubernetes calls a type in OpenAPI: built-in ones have their own names, those of CRDs start with the group backwards.
 *
 * @param names of the built-in kinds by `group/version/kind`.
 */
export function schemaName({ group, version, kind }: Pick<ServedType, "group" | "version" | "kind">): string {
  return [...group.split(".").reverse(), version, kind].join(".");
}
