// SPDX-License-Identifier: Apache-2.0
import type { Side } from "@strait/plan";

/**
 * Names that wait for something to happen, rather than for a time: those that a side could not be told of while it was away; those
 * that are removed once what takes their place is there; and those that were made and that no news has told of yet: should the
 * server lose them first, nothing ever would.
 *
 * @example
 * waiting.park("broker", "west"); // it is away
 * waiting.following("broker", true) // ["west"]: to be looked at again
 */
export class WaitingNames {
  readonly #parked: Readonly<Record<Side, Set<string>>> = { local: new Set(), broker: new Set() };
  readonly #held = new Set<string>();
  readonly #unseen: Readonly<Record<Side, Set<string>>> = { local: new Set(), broker: new Set() };
  readonly #following: Record<Side, boolean> = { local: false, broker: false };

  /** How many have work left: what was made is done. */
  get size(): number {
    return this.#parked.local.size + this.#parked.broker.size + this.#held.size;
  }

  /** Waits for the side to be followed again. */
  park(side: Side, name: string): void {
    this.#parked[side].add(name);
  }

  /** Says whether a side is followed now. Returns whom to look at since it is so again. */
  following(side: Side, now: boolean): readonly string[] {
    const again = now && !this.#following[side];
    this.#following[side] = now;
    if (!again) return [];
    const names = [...this.#parked[side], ...this.#unseen[side]];
    this.#parked[side].clear();
    return names;
  }

  /** Waits for what takes its place. */
  hold(name: string): void {
    this.#held.add(name);
  }

  /** Does not wait for that any more. */
  release(name: string): void {
    this.#held.delete(name);
  }

  /** Those that wait for what takes their place: any change may have brought it. */
  get held(): Iterable<string> {
    return this.#held;
  }

  /** It was made there. */
  made(side: Side, name: string): void {
    this.#unseen[side].add(name);
  }

  /** News told of it, or it is known to be there no more. */
  seen(side: Side, name: string): void {
    this.#unseen[side].delete(name);
  }

  /** Whether there is anything that was made there and not told of yet. */
  unseen(side: Side): boolean {
    return this.#unseen[side].size > 0;
  }
}
