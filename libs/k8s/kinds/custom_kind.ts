// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { defineKind, type Kind, type KindNames } from "../kind.ts";
import { type KubeObject, metaSchema, optional } from "../kube_object.ts";

/** A column that `kubectl get` prints after the name. Where a kind has none, the API server prints its age. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "date" | "integer";
  readonly jsonPath: string;
  readonly description?: string;
}

/** What a CustomResourceDefinition says about a kind besides its schema. */
export interface CustomNames extends KindNames {
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly columns?: readonly PrinterColumn[];
  /**
   * Who writes `status`: "subresource" – only a write to /status does; "empty" and "none" – every write does, and /status answers
   * 404. Submariner's Gateway has an empty list of subresources where its other kinds have none, which means the same.
   */
  readonly status: "subresource" | "empty" | "none";
  /** What `kubectl explain` says about the kind. */
  readonly description: string;
}

/** A kind that a CustomResourceDefinition of ours serves. */
export interface CustomKind<T extends KubeObject> extends Kind<T>, CustomNames {
  /** The schema objects are decoded with; the definition's is generated from it. */
  readonly schema: v.GenericSchema;
}

/**
 * An object with these members. At run time it keeps members that are not named: a newer release of a peer wrote them, and
 * what we copy must not lose them. They have no type, so that a misspelt one does not compile.
 */
export function members<const Entries extends v.ObjectEntries>(entries: Entries): v.ObjectSchema<Entries, undefined> {
  const loose = v.looseObject(entries) as unknown as v.ObjectSchema<Entries, undefined>;
  return noList(loose);
}

/** Names and texts: a record, and no list. */
export const textRecord = () => noList(v.record(v.string(), v.string()));

/** JavaScript's lists are objects too, and valibot takes them for such; the API and its definitions do not. */
function noList<S extends v.GenericSchema>(schema: S): S {
  const run: S["~run"] = (dataset, config) => {
    if (!Array.isArray(dataset.value)) return schema["~run"](dataset, config);
    v._addIssue(schema as never, "type", dataset as never, config);
    return dataset as never;
  };
  return { ...schema, "~run": run };
}

/** The whole object of a kind: what all kinds have, and these members. */
export function kubeObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return members({ apiVersion: optional(v.string()), kind: optional(v.string()), metadata: metaSchema, ...entries });
}

/** A schema with what `kubectl explain` says about it, and keywords of the definition such as x-kubernetes-list-type. */
export function told<const S extends v.GenericSchema>(schema: S, description: string, keywords: Record<string, unknown> = {}) {
  return v.pipe(schema, v.metadata({ description, ...keywords }));
}

/** A kind of ours. Example: see cluster_kind.ts. */
export function customKind<const S extends v.GenericSchema<unknown, KubeObject>>(
  names: CustomNames,
  schema: S,
): CustomKind<v.InferOutput<S>> {
  return { ...names, ...defineKind(names, schema), schema };
}
