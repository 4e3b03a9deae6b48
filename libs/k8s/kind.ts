// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";
import * as v from "valibot";
import type { KubeObject } from "./kube_object.ts";

/** A kind of objects: where the API keeps them and how one is read. */
export interface Kind<T extends KubeObject> {
  /** API group; "" for the core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: "Namespaced" | "Cluster";
  /**
   * Checks one object as the server sent it. The refusal says what is wrong where, without the object's name. A decoder that keeps
   * only some members must keep name, namespace, uid and resourceVersion: by them an informer knows what did not change.
   */
  decode(value: unknown): Result<T>;
}

/** A kind without its decoder. */
export type KindNames = Omit<Kind<KubeObject>, "decode">;

/**
 * A kind whose objects are checked against a valibot schema at the edge.
 *
 * @example
 * const NamespaceKind = defineKind(
 *   { group: "", version: "v1", kind: "Namespace", plural: "namespaces", scope: "Cluster" },
 *   v.looseObject({ metadata: metaSchema }),
 * );
 */
export function defineKind<const S extends v.GenericSchema<unknown, KubeObject>>(
  names: KindNames,
  schema: S,
): Kind<v.InferOutput<S>> {
  return { ...names, decode: (value) => decodeWith(schema, value) };
}

/** The value as the schema reads it, or the first thing that is wrong with it: `spec.port: Invalid type: Expected number but received "x"`. */
export function decodeWith<const S extends v.GenericSchema>(schema: S, value: unknown): Result<v.InferOutput<S>> {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue);
  return refuse(path ? `${path}: ${issue.message}` : issue.message);
}

/** "v1" or "discovery.k8s.io/v1", as objects carry it. */
export function apiVersionOf({ group, version }: Pick<KindNames, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}
