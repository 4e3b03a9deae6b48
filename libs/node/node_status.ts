// SPDX-License-Identifier: Apache-2.0
import type { Dataplane } from "@strait/dataplane";
import { type ClusterFile, formatAddress, type Owner, type Problem, type Rows } from "@strait/model";
import { clusterReports } from "./cluster_report.ts";
import { hopReports } from "./hop_report.ts";
import type { NodeSource } from "./node_source.ts";
import type { NodeState } from "./node_state.ts";

/** What /status is made from. */
export interface NodeView {
  readonly app: string;
  readonly version: string;
  readonly owner: Owner;
  /** When the process started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** `file` is absent until the source had one. */
  readonly config: { readonly path: string; readonly file: ClusterFile | undefined; readonly reasons: readonly string[] };
  readonly state: NodeState;
  readonly counters: ReturnType<Dataplane["counters"]>;
  /** Reads what the maps hold, the other app's rows included: dear, so it is asked for /status only. */
  readonly present: () => Rows;
  /** Problems that are the process's own and not the plan's. */
  readonly problems?: readonly Problem[];
}

/** Why a source has nothing yet, in one sentence. */
export function waitingFor({ origin, reasons }: Pick<NodeSource, "origin" | "reasons">): string {
  return `nothing came from ${origin} yet, so nothing is touched: ${shortened(reasons) || "it is being read"}`;
}

/** Of many reasons the first ones and how many there are besides: they are read by people. */
export function firstReasons(reasons: readonly string[], most: number): readonly string[] {
  const rest = reasons.length - most;
  return rest > 0 ? [...reasons.slice(0, most), `and ${rest} more`] : reasons;
}

/** As `firstReasons`, as one line of a log. */
export function shortened(reasons: readonly string[], most = 5): string {
  return firstReasons(reasons, most).join("; ");
}

/**
 * The part of /status that both apps share, as plain data; counters of the kernel are bigints. Names are part of the API.
 *
 * @example
 * nodeStatus(view).totals.writes // 0 after a restart that found everything in place
 */
export function nodeStatus(view: NodeView) {
  const { state, config, counters } = view;
  const { applied, appliedAt } = state;
  const present = applied && view.present();
  return {
    app: view.app,
    version: view.version,
    cluster: config.file?.cluster ?? null,
    node: config.file?.node ?? null,
    startedAt: new Date(view.startedAt).toISOString(),
    config: { path: config.path, ok: config.reasons.length === 0, reasons: config.reasons },
    ready: state.ready,
    lastApply:
      applied === undefined || appliedAt === undefined ? null : { at: new Date(appliedAt).toISOString(), ...applied.report },
    totals: state.totals,
    uplinks: (applied?.facts.uplinks ?? []).map(({ name, ifindex, mtu, addresses }) => ({
      name,
      ifindex,
      mtu,
      addresses: addresses.map(formatAddress),
    })),
    hops: applied ? hopReports(applied, view.owner, counters.traffic, present) : [],
    clusters: applied && present ? clusterReports(applied, present) : [],
    reasons: Object.fromEntries(counters.reasons.map(({ reason, packets, bytes }) => [reason, { packets, bytes }])),
    problems: [...waiting(config), ...(view.problems ?? []), ...state.problems],
  };
}

function waiting({ path, file, reasons }: NodeView["config"]): Problem[] {
  return file ? [] : [{ object: "config", reason: waitingFor({ origin: path, reasons }) }];
}

/** What {@link nodeStatus} answers. */
export type NodeStatus = ReturnType<typeof nodeStatus>;
