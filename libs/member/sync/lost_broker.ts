// SPDX-License-Identifier: Apache-2.0
import { elapsed, type Timers } from "@strait/time";

/** So long after a loss was found, what vanishes from the broker is taken for lost too: news of one loss come one by one. */
const LOSING_MS = 60_000;

/**
 * Tells a broker that lost its data from clusters that left. Nobody but us removes what we wrote there: where it is gone all the same,
 * the others' objects are gone with it, and that says nothing about the others.
 */
export class LostBroker {
  readonly #timers: Timers;
  /** Names of what we removed ourselves, or are about to. */
  readonly #removed = new Set<string>();
  /** Names of copies whose originals were lost. */
  readonly #names = new Set<string>();
  /** Names that the broker has again since it lost its data. */
  readonly #back = new Set<string>();
  /** In `elapsed` time. */
  #until = Number.NEGATIVE_INFINITY;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** We are about to remove this one. */
  removing(name: string): void {
    this.#removed.add(name);
  }

  /** We wrote this one: what we removed before does not count any more. */
  wrote(name: string): void {
    this.#removed.delete(name);
  }

  /** This one is gone from the broker. Returns whether that was not our doing. */
  vanished(name: string): boolean {
    if (this.losing && !this.#back.has(name)) this.#names.add(name);
    return !this.#removed.delete(name);
  }

  /** The broker has lost its data, these too. */
  lose(names: Iterable<string>): void {
    this.#back.clear();
    this.#until = elapsed(this.#timers) + LOSING_MS;
    for (const name of names) this.#names.add(name);
  }

  /** Whether what vanishes now is taken for lost. */
  get losing(): boolean {
    return elapsed(this.#timers) < this.#until;
  }

  /** Whether the broker lost this one. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The broker has this one: should it vanish again, somebody removed it. */
  appeared(name: string): void {
    this.#names.delete(name);
    if (this.losing) this.#back.add(name);
  }

  /** Neither side has this one any more. */
  forget(name: string): void {
    this.#names.delete(name);
  }
}
