// SPDX-License-Identifier: Apache-2.0
import type { ResourceType, TypeVersion } from "./resource_type.ts";

/** A type as one request sees it. */
export interface ServedType {
  readonly type: ResourceType;
  readonly version: TypeVersion;
}

/** Which types are served now. `generation` grows with every change, for caches of what is made from them. */
export class TypeRegistry {
  readonly #types = new Map<string, ResourceType>();
  generation = 0;

  constructor(types: Iterable<ResourceType>) {
    for (const type of types) this.set(type);
  }

  set(type: ResourceType): void {
    this.#types.set(`${type.plural}.${type.group}`, type);
    this.generation++;
  }

  delete(group: string, plural: string): void {
    if (this.#types.delete(`${plural}.${group}`)) this.generation++;
  }

  /** By plural, whatever the version. */
  get(group: string, plural: string): ResourceType | undefined {
    return this.#types.get(`${plural}.${group}`);
  }

  find(group: string, version: string, plural: string): ServedType | undefined {
    const type = this.get(group, plural);
    const served = type?.versions.find(({ name }) => name === version);
    return type && served && { type, version: served };
  }

  byKind(group: string, kind: string): ResourceType | undefined {
    return this.all().find((type) => type.group === group && type.kind === kind);
  }

  /** The type whose objects lie under this name; the core's where two share it. */
  byStorage(storage: string): ResourceType | undefined {
    const all = this.all().filter((type) => type.storage === storage);
    return all.find((type) => type.group === "") ?? all[0];
  }

  all(): ResourceType[] {
    return [...this.#types.values()];
  }

  /** Groups in the order of registration, each with its versions, newest first; the core is "". */
  groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const type of this.#types.values()) {
      const known = groups.get(type.group) ?? [];
      for (const { name } of type.versions) if (!known.includes(name)) known.push(name);
      groups.set(type.group, known.sort(byVersionPriority));
    }
    return groups;
  }
}

/**
 * The order in which Kubernetes prefers versions: v2, v1, v1beta2, v1beta1, v1alpha1, then others by name.
 *
 * @example ["v1beta1", "v1", "v2alpha1"].sort(byVersionPriority) // ["v1", "v1beta1", "v2alpha1"]
 */
export function byVersionPriority(a: string, b: string): number {
  const [x, y] = [rank(a), rank(b)];
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : 1;
  return y.stage - x.stage || y.major - x.major || y.minor - x.minor;
}

function rank(version: string): { stage: number; major: number; minor: number } | undefined {
  const found = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  if (!found) return undefined;
  const stage = found[2] === undefined ? 2 : found[2] === "beta" ? 1 : 0;
  return { stage, major: Number(found[1]), minor: Number(found[3] ?? 0) };
}
