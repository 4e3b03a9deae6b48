// SPDX-License-Identifier: Apache-2.0

/** An object as JSON has it. */
export interface RawObject {
  apiVersion?: string;
  kind?: string;
  metadata: Record<string, unknown> & { name: string; namespace?: string; resourceVersion?: string; uid?: string };
  [member: string]: unknown;
}

/** Something that happened to an object, with the version it happened at. */
export interface FakeEvent {
  readonly version: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: RawObject;
}

/**
 * The objects of one kind as an API server keeps them: every write has a version, and the past can be forgotten.
 *
 * @example
 * pods.put({ metadata: { name: "web-0", namespace: "default" } });
 */
export class FakeObjects {
  readonly #next: () => number;
  readonly #objects = new Map<string, RawObject>();
  readonly #events: FakeEvent[] = [];
  readonly #listeners = new Set<(event: FakeEvent) => void>();

  constructor(next: () => number) {
    this.#next = next;
  }

  get(key: string): RawObject | undefined {
    return this.#objects.get(key);
  }

  list(namespace?: string): RawObject[] {
    const all = [...this.#objects.values()];
    return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  /** Creates or replaces; gives it its version, and a uid if it is new. */
  put(object: RawObject): RawObject {
    const key = fakeKey(object);
    const old = this.#objects.get(key);
    const version = this.#next();
    const uid = old?.metadata.uid ?? object.metadata.uid ?? `uid-${version}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(version) } };
    this.#objects.set(key, stored);
    this.#happen({ version, type: old ? "MODIFIED" : "ADDED", object: stored });
    return stored;
  }

  /** Puts many without events, as if they had been there for long. */
  fill(objects: Iterable<RawObject>): void {
    for (const object of objects) {
      const version = this.#next();
      const metadata = { ...object.metadata, uid: `uid-${version}`, resourceVersion: String(version) };
      this.#objects.set(fakeKey(object), { ...object, metadata });
    }
  }

  delete(key: string): RawObject | undefined {
    const old = this.#objects.get(key);
    if (!old) return undefined;
    this.#objects.delete(key);
    const version = this.#next();
    const object = { ...old, metadata: { ...old.metadata, resourceVersion: String(version) } };
    this.#happen({ version, type: "DELETED", object });
    return object;
  }

  /** What happened after a version, in order. */
  since(version: number): readonly FakeEvent[] {
    return this.#events.filter((event) => event.version > version);
  }

  listen(listener: (event: FakeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #happen(event: FakeEvent): void {
    this.#events.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}

/** "namespace/name" or "name". */
export function fakeKey({ metadata }: RawObject): string {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}
