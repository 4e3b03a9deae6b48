// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "@strait/model";
import { sortedProblems } from "./plan.ts";

/** The problems of a plan by the parts that have them; the list is made anew only when a part's problems changed. */
export class ProblemBook {
  readonly #parts = new Map<string, readonly Problem[]>();
  #sorted: readonly Problem[] | undefined;

  set(part: string, problems: readonly Problem[]): void {
    if (problems.length === 0 && !this.#parts.has(part)) return;
    if (problems.length > 0) this.#parts.set(part, problems);
    else this.#parts.delete(part);
    this.#sorted = undefined;
  }

  /** Sorted by object, then reason; equal ones once. */
  get list(): readonly Problem[] {
    this.#sorted ??= sortedProblems([...this.#parts.values()].flat());
    return this.#sorted;
  }
}
