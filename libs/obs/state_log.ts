// SPDX-License-Identifier: Apache-2.0
import type { LogLevel } from "@strait/model";
import type { Log, LogFields } from "./log.ts";

/**
 * Writes what holds, not what happens again: a subject is logged when its state changes and kept quiet while it stays. So a
 * retry every second leaves one line when it begins to fail and one when it works again.
 *
 * @example
 * const states = new StateLog(log);
 * states.set("config", "bad", "warn", "config refused", { reason }); // a line
 * states.set("config", "bad", "warn", "config refused", { reason }); // quiet
 * states.clear("config", "config accepted");                         // a line; a second one is quiet
 */
export class StateLog {
  readonly #log: Log;
  readonly #states = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Logs unless the subject is in this state already. Returns whether it logged. */
  set(subject: string, state: string, level: LogLevel, message: string, fields?: LogFields): boolean {
    if (this.#states.get(subject) === state) return false;
    this.#states.set(subject, state);
    this.#log.at(level, message, fields);
    return true;
  }

  /** Forgets the subject; logs at info if it had a state. Returns whether it had one. */
  clear(subject: string, message: string, fields?: LogFields): boolean {
    if (!this.#states.delete(subject)) return false;
    this.#log.info(message, fields);
    return true;
  }

  /** The subjects that have a state and begin with the prefix. */
  subjects(prefix = ""): string[] {
    return [...this.#states.keys()].filter((subject) => subject.startsWith(prefix));
  }
}
