// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";

/** A member that may be missing or null; null reads as missing, as Go's clients write it for empty ones. */
export function optional<const S extends v.GenericSchema>(schema: S): v.OptionalSchema<S, undefined> {
  // valibot types a member with a default as one that is always there; whoever writes an object may leave these out.
  return v.nullish(schema, () => undefined) as unknown as v.OptionalSchema<S, undefined>;
}

const ownerReference = v.object({
  apiVersion: v.string(),
  kind: v.string(),
  name: v.string(),
  uid: v.string(),
  controller: optional(v.boolean()),
  blockOwnerDeletion: optional(v.boolean()),
});

/** Another object that this one goes away with. */
export type OwnerReference = v.InferOutput<typeof ownerReference>;

/**
 * Metadata of every object (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/). All members are
 * kept but `managedFields`: it is as large as the rest, nobody here reads it, and a write without it leaves it as it is.
 */
export const metaSchema = v.object({
  name: v.string(),
  namespace: optional(v.string()),
  uid: optional(v.string()),
  resourceVersion: optional(v.string()),
  generation: optional(v.number()),
  generateName: optional(v.string()),
  labels: optional(v.record(v.string(), v.string())),
  annotations: optional(v.record(v.string(), v.string())),
  creationTimestamp: optional(v.string()),
  deletionTimestamp: optional(v.string()),
  deletionGracePeriodSeconds: optional(v.number()),
  finalizers: optional(v.array(v.string())),
  ownerReferences: optional(v.array(ownerReference)),
});

/** As {@link metaSchema} reads it. To create with `generateName`, give an empty `name`. */
export interface ObjectMeta extends v.InferOutput<typeof metaSchema> {}

/** What every object of the API has. */
export interface KubeObject {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata: ObjectMeta;
}

/**
 * The key of an object among those of its kind.
 *
 * @example
 * keyOf(pod)  // "default/web-0"
 * keyOf(node) // "gw1"
 */
export function keyOf(object: KubeObject): string {
  return objectKey(object.metadata.namespace, object.metadata.name);
}

/** "namespace/name", or the bare name of a cluster-wide object. */
export function objectKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}
