// SPDX-License-Identifier: Apache-2.0
import type { StateLog } from "@strait/obs";
import type { RefusedObject } from "./resource_client.ts";

/** The objects of a kind that do not decode: each is logged once, until its reason changes or it is good again. */
export class Refusals {
  readonly #states: StateLog;
  readonly #reasons = new Map<string, string>();

  constructor(states: StateLog) {
    this.#states = states;
  }

  /** Reasons by key. */
  get reasons(): ReadonlyMap<string, string> {
    return this.#reasons;
  }

  /**
   * Notes an object that does not decode. `kept`: whether its last good state stays in force. Returns whether that is news.
   */
  refuse({ name, reason }: RefusedObject, kept: boolean): boolean {
    this.#reasons.set(name, reason);
    const fields = { object: name, reason, ...(kept && { kept: "its last good state" }) };
    return this.#states.set(`object ${name}`, reason, "warn", "object refused", fields);
  }

  /** Notes that an object is good again, or gone. Returns whether it was refused. */
  accept(key: string): boolean {
    if (!this.#reasons.delete(key)) return false;
    this.#states.clear(`object ${key}`, "object accepted again", { object: key });
    return true;
  }

  /** Takes these for all there are. Returns whether that is news. */
  replace(refused: readonly RefusedObject[], kept: (key: string) => boolean): boolean {
    const now = new Set(refused.map(({ name }) => name));
    let news = false;
    for (const key of [...this.#reasons.keys()]) if (!now.has(key)) news = this.accept(key) || news;
    for (const one of refused) news = this.refuse(one, kept(one.name)) || news;
    return news;
  }
}
