// SPDX-License-Identifier: Apache-2.0
import type { Counters } from "@strait/dataplane";
import type { ClusterFile, Problem, Result, Rows } from "@strait/model";
import type { Log, Metrics } from "@strait/obs";
import type { Timers } from "@strait/time";
import type { NodeSource } from "./node_source.ts";
import type { NodeState } from "./node_state.ts";
import type { RunOptions } from "./options.ts";

/** Something that runs beside an app's loop: an election, a sync with the broker, probes, a status object. */
export interface Extra {
  /** Its part of /status and of /readyz. */
  readonly name: string;
  /** Begins. Returns at once: what takes time goes on by itself and tells `problems`. */
  start(): void;
  /** Ends it and gives back what others wait for (a lease); the node goes on forwarding. */
  stop(): Promise<void>;
  /** Its part of /status, as plain data; left out where there is none. */
  status?(): unknown;
  /** Whether it does its work; one that has no say is ready. */
  readiness?(): Result<unknown>;
  /** What is not as it should be, for /status and the metric strait_problems. */
  problems?(): readonly Problem[];
  /** Told after every pass of the loop that ran to its end. */
  applied?(): void;
}

/** What a source or an extra may see and ask of the app it runs in. */
export interface AppContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly options: RunOptions;
  readonly version: string;
  readonly log: Log;
  readonly timers: Timers;
  /** Those of /metrics: register once. */
  readonly metrics: Metrics;
  /** What the loop did last. */
  readonly state: NodeState;
  /** The kernel's counters now; zeros before the dataplane is open. */
  readonly counters: () => Counters;
  /** What the maps hold now, of the other app's rows too; nothing before the dataplane is open. Reads all of them. */
  readonly present: () => Rows;
  /** What this app worked by last on this node, perhaps before a restart; undefined where that is not known. */
  readonly recall: (own: Pick<ClusterFile, "cluster" | "node">) => ClusterFile | undefined;
  /** Asks for a pass of the loop within so many milliseconds. */
  readonly request: (cause: string, delay?: number) => void;
  /** Ends the process with code 1 and this reason: for what a restart may cure and waiting does not. */
  readonly fail: (reason: string) => void;
}

/** What an app works by, and what runs beside its loop. */
export interface AppParts {
  readonly source: NodeSource;
  readonly extras: readonly Extra[];
}
