// SPDX-License-Identifier: Apache-2.0

/** Where an object lies. `resource` is the qualified plural ("deployments.apps"), `namespace` is "" for cluster-wide kinds. */
export interface ObjectKey {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object as it lies in the store: JSON text with `metadata.resourceVersion` inside. */
export interface StoredObject extends ObjectKey {
  readonly rv: number;
  readonly body: string;
}

/** One write. `body` of a deletion is the last state with the deletion's resourceVersion; `old` is the state before. */
export interface Change extends StoredObject {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly old: string | undefined;
}

/** The members of an object that the store itself reads or writes. */
export interface Storable {
  metadata: {
    uid?: string | undefined;
    resourceVersion?: string | undefined;
    ownerReferences?: readonly { readonly uid: string }[] | undefined;
  };
}

/** What a page of a list covers. */
export interface Range {
  readonly resource: string;
  /** Every namespace when absent. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Only objects that come after this one, by namespace, then name. */
  readonly after?: { readonly namespace: string; readonly name: string } | undefined;
  readonly limit?: number | undefined;
}
