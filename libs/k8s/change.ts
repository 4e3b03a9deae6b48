// SPDX-License-Identifier: Apache-2.0
import { type KubeObject, keyOf } from "./kube_object.ts";
import type { Listing } from "./resource_client.ts";
import type { Store } from "./store.ts";

/**
 * One real difference between what was known and what is. `old` is what stood under this key; with another uid it was another
 * object, deleted and made anew while nobody looked.
 */
export type Change<T> =
  | { readonly type: "put"; readonly object: T; readonly old?: T }
  | { readonly type: "delete"; readonly object: T };

/** Puts an object into the store; undefined where the very same version is there already. */
export function putChange<T extends KubeObject>(store: Store<T>, object: T): Change<T> | undefined {
  const old = store.get(keyOf(object));
  if (old && sameVersion(old, object)) return undefined;
  store.put(object);
  return old ? { type: "put", object, old } : { type: "put", object };
}

/** Takes an object out of the store; undefined where it was not there. */
export function deleteChange<T extends KubeObject>(store: Store<T>, key: string): Change<T> | undefined {
  const object = store.delete(key);
  return object && { type: "delete", object };
}

/**
 * Makes the store what a list says, and tells the differences: what did not change causes nothing. An object that did not decode
 * keeps its last good state.
 */
export function listChanges<T extends KubeObject>(store: Store<T>, { items, refused }: Listing<T>): Change<T>[] {
  const changes: Change<T>[] = [];
  const there = new Set(refused.map(({ name }) => name));
  for (const object of items) {
    there.add(keyOf(object));
    const change = putChange(store, object);
    if (change) changes.push(change);
  }
  if (there.size < store.size || changes.length > 0 || refused.length > 0) {
    for (const key of [...store.keys()]) {
      if (there.has(key)) continue;
      const change = deleteChange(store, key);
      if (change) changes.push(change);
    }
  }
  return changes;
}

/** A version number is never used twice for one object (uid), whatever server it is read from. */
function sameVersion(a: KubeObject, b: KubeObject): boolean {
  if (a === b) return true;
  const { uid, resourceVersion } = a.metadata;
  return resourceVersion !== undefined && resourceVersion === b.metadata.resourceVersion && uid === b.metadata.uid;
}
