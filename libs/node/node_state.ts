// SPDX-License-Identifier: Apache-2.0
import type { ApplyReport } from "@strait/dataplane";
import type { ClusterFile, NodeFacts, Plan, Problem } from "@strait/model";

/** One complete pass: what was found, wanted and done. */
export interface Applied {
  readonly file: ClusterFile;
  readonly facts: NodeFacts;
  readonly plan: Plan;
  readonly report: ApplyReport;
}

/** Sums since the process started. */
export interface Totals {
  readonly applies: number;
  /** Rows, links, routes and attachments written. A restart that finds everything in place keeps this at 0. */
  readonly writes: number;
  readonly removes: number;
  readonly failures: number;
  /** Passes that ended before anything was applied. */
  readonly errors: number;
}

/** What an app knows about the work it did on its node: the source of /status, /metrics and /readyz. */
export class NodeState {
  #applied: Applied | undefined;
  #at: number | undefined;
  #error: string | undefined;
  #ready = false;
  #totals: Totals = { applies: 0, writes: 0, removes: 0, failures: 0, errors: 0 };

  /** The last complete pass. */
  get applied(): Applied | undefined {
    return this.#applied;
  }

  /** When it was, in milliseconds since the epoch. */
  get appliedAt(): number | undefined {
    return this.#at;
  }

  /** Why the last pass ended early; undefined where it did not. */
  get error(): string | undefined {
    return this.#error;
  }

  /** Whether a pass without a failure was seen; stays true, for the dataplane keeps what it has. */
  get ready(): boolean {
    return this.#ready;
  }

  get totals(): Totals {
    return this.#totals;
  }

  /** Takes note of a pass that ran to its end. */
  apply(applied: Applied, now: number): void {
    const { writes, removes, failures } = applied.report;
    this.#applied = applied;
    this.#at = now;
    this.#error = undefined;
    this.#ready ||= failures.length === 0;
    this.#totals = {
      applies: this.#totals.applies + 1,
      writes: this.#totals.writes + sum(writes),
      removes: this.#totals.removes + sum(removes),
      failures: this.#totals.failures + failures.length,
      errors: this.#totals.errors,
    };
  }

  /** Takes note of a pass that ended early. What was applied before stays in force. */
  fail(reason: string): void {
    this.#error = reason;
    this.#totals = { ...this.#totals, errors: this.#totals.errors + 1 };
  }

  /** What is not as it should be: the plan's problems, what could not be written, and the error of the last pass. */
  get problems(): Problem[] {
    const own = this.#error === undefined ? [] : [{ object: "reconcile", reason: this.#error }];
    return [...own, ...(this.#applied?.report.failures ?? []), ...(this.#applied?.plan.problems ?? [])];
  }
}

/** All of a report's numbers together. */
export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
