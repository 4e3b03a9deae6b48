// SPDX-License-Identifier: Apache-2.0
import { type ClusterFile, emptyRows, type NodeFacts, type Owner, type Plan, type Rows } from "@strait/model";
import { NodeState } from "../node_state.ts";
import type { NodeView } from "../node_status.ts";
import { clusterFile } from "./cluster_file.ts";
import { nodeFacts } from "./fake_dataplane.ts";

/** What {@link nodeView} is made from; the two clusters of `clusterFile` seen from its gateway where absent. */
export interface NodeViewOptions {
  readonly owner: Owner;
  /** `planAgent` or `planGateway`. */
  readonly plan: (file: ClusterFile, facts: NodeFacts, present: Rows) => Plan;
  readonly file?: ClusterFile;
  readonly facts?: NodeFacts;
  readonly present?: Rows;
  readonly counters?: NodeView["counters"];
}

/** The view of an app after one pass in which everything was written. */
export function nodeView({
  owner,
  plan: planner,
  file = clusterFile(),
  facts = nodeFacts(),
  ...rest
}: NodeViewOptions): NodeView {
  const present = rest.present ?? emptyRows();
  const plan = planner(file, facts, present);
  const state = new NodeState();
  state.apply({ file, facts, plan, report: { writes: {}, removes: {}, failures: [] } }, 0);
  return {
    app: owner,
    version: "0.0.0",
    owner,
    startedAt: 0,
    config: { path: "/etc/strait.yaml", file, reasons: [] },
    state,
    present: () => present,
    counters: rest.counters ?? { reasons: [], traffic: new Map() },
  };
}
