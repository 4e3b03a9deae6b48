// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "@strait/model";
import type { Extra } from "@strait/node";
import { type Log, StateLog } from "@strait/obs";
import type { Timers } from "@strait/time";
import { CNI_FOLDER, type CniNetwork, cniProblem, readCniNetworks } from "./cni_networks.ts";

export interface CniWatchOptions {
  /** {@link CNI_FOLDER} when absent. */
  readonly folder?: string | undefined;
  /** The problem came, went or changed. */
  readonly onChange: () => void;
  readonly log: Log;
  readonly timers: Timers;
}

/** Milliseconds from one look to the next. */
const AGAIN_MS = 10_000;

/**
 * Looks from time to time whether the node has one network for its pods, and says so where it has more. It only warns: pods of any
 * network are carried.
 *
 * @example
 * const watch = new CniWatch({ onChange: () => reporter.changed(), log, timers });
 * watch.start();
 * watch.problems(); // [{ object: "/etc/cni/net.d", reason: "pods are wired by …" }]
 */
export class CniWatch implements Extra {
  readonly name = "cni";
  readonly #options: CniWatchOptions;
  readonly #folder: string;
  readonly #states: StateLog;
  #networks: readonly CniNetwork[] = [];
  #problem: Problem | undefined;
  #end: (() => void) | undefined;

  constructor(options: CniWatchOptions) {
    this.#options = options;
    this.#folder = options.folder ?? CNI_FOLDER;
    this.#states = new StateLog(options.log);
  }

  start(): void {
    this.#look();
    this.#end = this.#options.timers.after(AGAIN_MS, () => this.start());
  }

  async stop(): Promise<void> {
    this.#end?.();
  }

  status(): unknown {
    return { networks: this.#networks.map(({ file, name, plugins }) => ({ file, name, plugins })) };
  }

  problems(): readonly Problem[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }

  #look(): void {
    this.#networks = readCniNetworks(this.#folder);
    const problem = cniProblem(this.#folder, this.#networks);
    if (problem?.reason === this.#problem?.reason) return;
    this.#problem = problem;
    if (problem === undefined) this.#states.clear("cni", "the node has one network for its pods");
    else this.#states.set("cni", problem.reason, "warn", "the node has more than one network for its pods", { ...problem });
    this.#options.onChange();
  }
}
