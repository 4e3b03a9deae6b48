// SPDX-License-Identifier: Apache-2.0
import { type KubeObject, keyOf } from "./kube_object.ts";

/** Gives the values under which an object is found in an index. */
export type IndexBy<T> = (object: T) => readonly string[];

interface Index<T> {
  readonly of: IndexBy<T>;
  readonly buckets: Map<string, Map<string, T>>;
}

const NOTHING: readonly never[] = Object.freeze([]);

/**
 * The objects of one kind as last seen, found by key or by the values of an index. A look-up costs what it finds; a change costs
 * the object's own index values.
 *
 * @example
 * store.index("node", (pod) => [pod.spec.nodeName ?? ""]);
 * store.by("node", "gw1"); // the pods of gw1
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  #list: readonly T[] | undefined;

  get size(): number {
    return this.#objects.size;
  }

  /** By "namespace/name", or the name of a cluster-wide object. */
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** All; the same array until something changes. */
  list(): readonly T[] {
    this.#list ??= [...this.#objects.values()];
    return this.#list;
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  /** Adds an index, over what is there too. @throws TypeError where the name is taken. */
  index(name: string, of: IndexBy<T>): void {
    if (this.#indexes.has(name)) throw new TypeError(`the store has an index "${name}" already`);
    const index: Index<T> = { of, buckets: new Map() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) enter(index, key, object);
  }

  /** The objects with this value in an index. @throws TypeError where there is no such index. */
  by(index: string, value: string): readonly T[] {
    const found = this.#indexes.get(index);
    if (!found) throw new TypeError(`the store has no index "${index}"`);
    const bucket = found.buckets.get(value);
    return bucket ? [...bucket.values()] : NOTHING;
  }

  /** Puts an object in its place. Returns the one that was there. */
  put(object: T): T | undefined {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    this.#list = undefined;
    for (const index of this.#indexes.values()) {
      if (old) leave(index, key, old);
      enter(index, key, object);
    }
    return old;
  }

  /** Takes an object out. Returns it, or undefined where there was none. */
  delete(key: string): T | undefined {
    const old = this.#objects.get(key);
    if (!old) return undefined;
    this.#objects.delete(key);
    this.#list = undefined;
    for (const index of this.#indexes.values()) leave(index, key, old);
    return old;
  }
}

function enter<T>({ of, buckets }: Index<T>, key: string, object: T): void {
  for (const value of of(object)) {
    const bucket = buckets.get(value);
    if (bucket) bucket.set(key, object);
    else buckets.set(value, new Map([[key, object]]));
  }
}

function leave<T>({ of, buckets }: Index<T>, key: string, object: T): void {
  for (const value of of(object)) {
    const bucket = buckets.get(value);
    bucket?.delete(key);
    if (bucket?.size === 0) buckets.delete(value);
  }
}
