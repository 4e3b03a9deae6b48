// SPDX-License-Identifier: Apache-2.0
import { type Address, ownNode } from "@strait/model";
import type { Applied } from "@strait/node";
import { type Log, StateLog } from "@strait/obs";
import { elapsed, type Timers } from "@strait/time";
import type { LocalState } from "./local_state.ts";

export interface LocalBookOptions {
  /**
   * Asks the kernel and the API server's objects what this gateway is, given the health-check addresses it has; undefined while
   * that cannot be said.
   */
  readonly find: (current: readonly Address[] | undefined) => LocalState | undefined;
  /** Makes the node so. */
  readonly use: (local: LocalState) => void;
  readonly log: Log;
  readonly timers: Timers;
}

/** Milliseconds that what was found out about this node is believed while only other clusters and nodes change. */
const BELIEVED_MS = 10_000;

/**
 * What this gateway is, as it was found out last, and whether that can still be believed: many passes are about other nodes and
 * clusters, and the kernel is not asked again for each of them.
 *
 * @example
 * if (!book.believed(applied)) book.look();
 * book.state?.endpoint
 */
export class LocalBook {
  readonly #options: LocalBookOptions;
  readonly #states: StateLog;
  #state: LocalState | undefined;
  /** What the last pass worked by, and when it was last to be looked what this gateway is. */
  #seen: { readonly applied: Applied; readonly lookedAt: number } | undefined;

  constructor(options: LocalBookOptions) {
    this.#options = options;
    this.#states = new StateLog(options.log);
  }

  /** Undefined until it was found out for the first time. */
  get state(): LocalState | undefined {
    return this.#state;
  }

  /** Takes note of a pass. Returns whether what is known holds after it, too; else it is to be looked again. */
  believed(applied: Applied | undefined): boolean {
    const { lookedAt = 0, applied: before } = this.#seen ?? {};
    const now = elapsed(this.#options.timers);
    const young = this.#state !== undefined && now - lookedAt < BELIEVED_MS;
    const believed = young && before !== undefined && applied !== undefined && onlyOthersChanged(before, applied);
    if (applied) this.#seen = { applied, lookedAt: believed ? lookedAt : now };
    return believed;
  }

  /** Looks again. Returns whether it was found out; where not, what was known stays. */
  look(): boolean {
    const { find, use } = this.#options;
    try {
      const state = find(this.#state?.healthCheck.addresses);
      if (!state) return false;
      this.#state = state;
      use(state);
    } catch (error) {
      // The kernel's answer to a question, for example in the moment an interface goes: the next pass asks again.
      const reason = error instanceof Error ? error.message : String(error);
      this.#states.set("local", reason, "warn", "what this gateway is cannot be found out now", { reason });
      return false;
    }
    this.#states.clear("local", "what this gateway is was found out");
    return true;
  }
}

/** Whether a pass was asked for by the cluster file, and neither this node's entry in it nor what the kernel says of the node changed. */
function onlyOthersChanged(before: Applied, after: Applied): boolean {
  const of = ({ file, facts }: Applied) => [
    ownNode(file),
    file.subnets,
    facts.hostAddresses,
    facts.podInterfaces,
    facts.uplinks,
    facts.device,
  ];
  const old = of(before);
  return before.file !== after.file && of(after).every((part, i) => part === old[i]);
}
