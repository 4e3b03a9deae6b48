// SPDX-License-Identifier: Apache-2.0
import { isObject, type Json, type JsonObject } from "../patch/json.ts";

/** One step of a path as `fieldsV1` writes it: `f:name`, `k:{"name":"x"}`, `v:"x"`. */
export type Step = string;

/**
 * A set of paths in an object: who owns what. A path is in the set when it was added itself; its parents are not, unless they were
 * added too.
 */
export class FieldSet {
  #member = false;
  readonly #children = new Map<Step, FieldSet>();

  /** Whether a path was added. The empty path is the set's own root. */
  has(path: readonly Step[]): boolean {
    return this.#at(path)?.isMember ?? false;
  }

  /** Whether a path or anything below it was added. */
  touches(path: readonly Step[]): boolean {
    const found = this.#at(path);
    return found !== undefined && !found.isEmpty;
  }

  /** Whether the root itself was added. */
  get isMember(): boolean {
    return this.#member;
  }

  get isEmpty(): boolean {
    return !this.#member && this.#children.size === 0;
  }

  add(path: readonly Step[]): void {
    let at: FieldSet = this;
    for (const step of path) {
      const next = at.#children.get(step) ?? new FieldSet();
      at.#children.set(step, next);
      at = next;
    }
    at.#member = true;
  }

  /** Takes a path out, with all below it when `deep`. */
  remove([step, ...rest]: readonly Step[], deep = false): void {
    if (step === undefined) {
      this.#member = false;
      if (deep) this.#children.clear();
      return;
    }
    const child = this.#children.get(step);
    child?.remove(rest, deep);
    if (child?.isEmpty) this.#children.delete(step);
  }

  /** All paths, in the order in which messages of Kubernetes list them: a level's own first, then those below. */
  *paths(before: readonly Step[] = []): Generator<readonly Step[]> {
    const children = [...this.#children].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [step, child] of children) if (child.isMember) yield [...before, step];
    for (const [step, child] of children) yield* child.paths([...before, step]);
  }

  union(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const path of this.paths()) result.add(path);
    for (const path of other.paths()) result.add(path);
    return result;
  }

  /** What is in this set and not in the other one. */
  minus(other: FieldSet): FieldSet {
    const result = new FieldSet();
    for (const path of this.paths()) if (!other.has(path)) result.add(path);
    return result;
  }

  equals(other: FieldSet): boolean {
    return this.minus(other).isEmpty && other.minus(this).isEmpty;
  }

  /** As it stands in an object's `metadata.managedFields[].fieldsV1`. */
  toFieldsV1(): JsonObject {
    const result: JsonObject = {};
    if (this.#member && this.#children.size > 0) result["."] = {};
    for (const [step, child] of [...this.#children].sort(([a], [b]) => (a < b ? -1 : 1))) result[step] = child.toFieldsV1();
    return result;
  }

  /** Reads `fieldsV1`; what it cannot read it leaves out. */
  static fromFieldsV1(value: Json | undefined): FieldSet {
    const result = new FieldSet();
    const read = (node: Json | undefined, path: readonly Step[]) => {
      if (!isObject(node)) return;
      const steps = Object.keys(node).filter((step) => step !== ".");
      if (path.length > 0 && (steps.length === 0 || Object.hasOwn(node, "."))) result.add(path);
      for (const step of steps) if (/^(f:|k:\{|v:|i:\d)/.test(step)) read(node[step], [...path, step]);
    };
    read(value, []);
    return result;
  }

  #at(path: readonly Step[]): FieldSet | undefined {
    let at: FieldSet | undefined = this;
    for (const step of path) {
      if (at === undefined) return undefined;
      at = at.#children.get(step);
    }
    return at;
  }
}

/** A path as messages of Kubernetes show it. Example: `.spec.containers[name="a"].image`. */
export function printPath(path: readonly Step[]): string {
  return path.map(printStep).join("");
}

/** One step as messages show it. */
export function printStep(step: Step): string {
  const rest = step.slice(2);
  if (step.startsWith("f:")) return `.${rest}`;
  if (step.startsWith("v:")) return `[=${rest}]`;
  if (step.startsWith("i:")) return `[${rest}]`;
  const key = JSON.parse(rest) as Record<string, Json>;
  const pairs = Object.keys(key).sort();
  return `[${pairs.map((name) => `${name}=${JSON.stringify(key[name])}`).join(",")}]`;
}
