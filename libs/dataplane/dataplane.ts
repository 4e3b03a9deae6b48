// SPDX-License-Identifier: Apache-2.0
import type { AttachRow, ClusterFile, IfIndex, LinkRow, NodeFacts, Problem, RouteRow, Rows } from "@strait/model";
import type { Counters } from "./counters.ts";

/** What one process wants on its node: a plan of @strait/plan without its reasons. */
export interface Desired {
  readonly rows: Rows;
  /** The present rows that are this process's; no other is touched. */
  readonly owned: Rows;
  readonly links: readonly LinkRow[];
  readonly routes: readonly RouteRow[];
  /** Whether this process steers: only then are routes, and uplinks that are not wanted any more, its to remove. */
  readonly ownsRoutes: boolean;
  readonly attach: AttachRow;
  /** Uplinks whose arriving packets are spread over all CPUs. */
  readonly spread: readonly IfIndex[];
}

/** What one pass changed, by kind of object: map names, "links", "routes", "attachments", "programs". */
export interface ApplyReport {
  readonly writes: Readonly<Record<string, number>>;
  readonly removes: Readonly<Record<string, number>>;
  /** What could not be done; the rest was. */
  readonly failures: readonly Problem[];
}

/**
 * The kernel's objects of one node as one process sees them. Closing gives up handles only; the kernel goes on forwarding.
 *
 * @example
 * const dataplane = openDataplane({ pinDir: "/sys/fs/bpf/strait", owner: "agent", log });
 * const plan = planAgent(file, dataplane.facts(file), dataplane.present());
 * const report = dataplane.apply(plan);
 */
export interface Dataplane {
  /** What is on this node now. */
  facts(file: ClusterFile): NodeFacts;
  /** The rows the maps hold now. */
  present(): Rows;
  /** Makes the node as wanted; what is right already is not written. */
  apply(desired: Desired): ApplyReport;
  /** Yields after links, addresses, routes or the CNI's records changed; ends when the signal aborts. */
  changes(signal: AbortSignal): AsyncIterable<void>;
  counters(): Counters;
  close(): void;
}
