// SPDX-License-Identifier: Apache-2.0
import type { Cidr } from "./cidr.ts";
import type { ClusterFile } from "./cluster_file.ts";
import type { NodeFacts } from "./facts.ts";
import type { IfIndex } from "./ids.ts";
import type { AttachRow, LinkRow, Problem, RouteRow } from "./routes.ts";
import type { Rows } from "./rows.ts";

/** What turns the rows that are there into those that are wanted. */
export interface RowChanges {
  /** Rows to write, by key. */
  readonly put: Rows;
  /** Rows to remove, as they are there. */
  readonly remove: Rows;
}

/** How packets between this node's pods and other clusters pass this node. */
export interface Delivery {
  /**
   * "direct": between the pod's interface and the wire, past netfilter. "stack": through this node's stack, both ways, so that
   * whoever filters there sees them.
   */
  readonly way: "direct" | "stack";
  /** Why, as one clause. */
  readonly why: string;
  /** Interfaces (by name) whose pods take the way through the stack although the rest does not, and why. */
  readonly exceptions: readonly { readonly name: string; readonly why: string }[];
}

/** What one process wants on its node: the planners make it, the dataplane makes it so. */
export interface Plan {
  /** All rows this process wants, of every map. The planner goes on working on them: valid until its next update. */
  readonly rows: Rows;
  /** Against what the maps hold of this process's rows: no other row is named here, so none of another's is touched. */
  readonly changes: RowChanges;
  readonly links: readonly LinkRow[];
  /** Routes over STRAIT_DEVICE, sorted by destination. The same list as before where none changed. */
  readonly routes: readonly RouteRow[];
  /** Whether this process steers: only then are routes, and uplinks that are not wanted any more, its to remove. */
  readonly ownsRoutes: boolean;
  readonly attach: AttachRow;
  /** Uplinks whose arriving packets are spread over all CPUs: a gateway carries the traffic of a whole cluster. */
  readonly spread: readonly IfIndex[];
  /** How pods' packets pass this node; absent in a gateway's plan, which leaves pods to the agent. */
  readonly delivery?: Delivery;
  /** Sources that no masquerading of others may replace on the way to other clusters. Absent or empty: there is none. */
  readonly keptSources?: readonly Cidr[];
  /** What cannot be and why, sorted by object. The rest of the plan holds all the same. */
  readonly problems: readonly Problem[];
}

/**
 * Makes plans one after the other, each at the cost of what changed since the last. Pure as a function of what it was given:
 * the same calls give the same plans.
 *
 * @example
 * const planner = new AgentPlanner();
 * planner.found(dataplane.present());
 * dataplane.apply(planner.update(file, facts)); // all that differs
 * dataplane.apply(planner.update(file, facts)); // nothing
 */
export interface Planner {
  /** From now on the maps hold this: the next update's changes are against it. To be called before the first update. */
  found(present: Rows): void;
  /** What is wanted now. Its changes are against the last update's rows, which count as written, or against what was found. */
  update(file: ClusterFile, facts: NodeFacts): Plan;
}
