// SPDX-License-Identifier: Apache-2.0
import { type Log, StateLog } from "@strait/obs";

/**
 * Which names are not exchanged and why: what may not be done (`refused`), and what was tried in vain (`failed`). Each is logged once
 * while its reason stays.
 *
 * @example
 * faults.set("refused", "west", step.reason);
 * faults.set("refused", "west", undefined); // exchanged again
 */
export class SyncFaults {
  readonly #states: StateLog;
  readonly #changed: () => void;
  readonly #all = { refused: new Map<string, string>(), failed: new Map<string, string>() };

  /** @param changed called after `reasons` changed */
  constructor(log: Log, changed: () => void) {
    this.#states = new StateLog(log);
    this.#changed = changed;
  }

  /** By name; what may not be done goes before what failed. */
  get reasons(): ReadonlyMap<string, string> {
    return new Map([...this.#all.failed, ...this.#all.refused]);
  }

  /**
   * @param reason undefined where it is over
   * @param message for the log; none where another line says it of many at once
   */
  set(which: "refused" | "failed", name: string, reason: string | undefined, message?: string): void {
    const map = this.#all[which];
    if (map.get(name) === reason) return;
    if (reason === undefined) {
      map.delete(name);
      this.#states.clear(`${which} ${name}`, "exchanged again", { object: name });
    } else {
      map.set(name, reason);
      if (message !== undefined) this.#states.set(`${which} ${name}`, reason, "warn", message, { object: name, reason });
    }
    this.#changed();
  }
}
