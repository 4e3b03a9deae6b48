// SPDX-License-Identifier: Apache-2.0
import type { ClusterFile, NodeFacts, Plan, Problem, Rows } from "@strait/model";
import type { Counters } from "./counters.ts";

/** What changed: links, addresses or routes; or the CNI's records, which are the last step before a pod starts. */
export type Change = "network" | "pods";

/** What one pass changed, by kind of object: map names, "links", "routes", "attachments", "programs". */
export interface ApplyReport {
  readonly writes: Readonly<Record<string, number>>;
  readonly removes: Readonly<Record<string, number>>;
  /** What could not be done; the rest was. */
  readonly failures: readonly Problem[];
}

/**
 * The kernel's objects of one node as one process sees them. It remembers what it read and wrote, so that a pass costs what
 * changed; what it remembers is only trusted while `changes` is being listened to and nothing failed. Closing gives up handles
 * only; the kernel goes on forwarding.
 *
 * @example
 * const dataplane = openDataplane({ pinDir: "/sys/fs/bpf/strait", owner: "agent", log });
 * const facts = dataplane.facts(file);
 * planner.found(dataplane.present());
 * const report = dataplane.apply(planner.update(file, facts));
 */
export interface Dataplane {
  /** What is on this node now. Members that did not change are the same objects as before. */
  facts(file: ClusterFile): NodeFacts;
  /**
   * Whether the maps hold what was applied last, as far as this process knows. False before the first
   * `apply`, after one with a failure, after `doubt`, and when the maps had to be made anew: then the planner is to be told
   * what is `present` before the next plan.
   */
  readonly sure: boolean;
  /** The rows the maps hold now, read from the kernel. */
  present(): Rows;
  /** Makes the node as wanted; what is right already is not written. */
  apply(plan: Plan): ApplyReport;
  /** Trusts nothing that is remembered: the next `facts` and `apply` look at everything. */
  doubt(): void;
  /** Yields after something changed; ends when the signal aborts. */
  changes(signal: AbortSignal): AsyncIterable<Change>;
  counters(): Counters;
  close(): void;
}
