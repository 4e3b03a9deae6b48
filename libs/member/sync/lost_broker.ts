// SPDX-License-Identifier: Apache-2.0
import { elapsed, type Timers } from "@strait/time";

/** How long copies outlive a broker that lost its data: the others write theirs again as soon as they have found it. */
const LOST_MS = 60_000;

/**
 * Tells a broker that lost its data from clusters that left. Nobody but us removes what we wrote there: where it is gone all the same,
 * the others' objects are gone with it, and that says nothing about the others.
 */
export class LostBroker {
  readonly #timers: Timers;
  /** Names of what we removed ourselves, or are about to. */
  readonly #removed = new Set<string>();
  /** In `elapsed` time. */
  #until = Number.NEGATIVE_INFINITY;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** We are about to remove this one. */
  removing(name: string): void {
    this.#removed.add(name);
  }

  /** This one is gone from the broker. Returns whether that was not our doing. */
  vanished(name: string): boolean {
    return !this.#removed.delete(name);
  }

  /** From now on nothing is to be removed here for a while. Returns how many milliseconds. */
  hold(): number {
    this.#until = elapsed(this.#timers) + LOST_MS;
    return LOST_MS;
  }

  /** Milliseconds for which nothing is to be removed here; 0 or less when that is over. */
  get held(): number {
    return this.#until - elapsed(this.#timers);
  }
}
