// SPDX-License-Identifier: Apache-2.0
import type { GatewayPhase } from "@strait/model";

/** So long everybody has to hear that a gateway is leaving, before it stops to forward. */
export const LEAVING_MS = 15_000;

/** So long what a gateway sent last is still taken after it stopped, and what others sent to it that left meanwhile. */
export const LEFT_MS = 10_000;

/** So long it is taken at most: a gateway of another cluster may be leaving for ever. */
export const LEFT_AT_MOST_MS = 60_000;

/** What the clock goes by besides the time. */
export interface Surroundings {
  /** Whether everybody could hear what was published. */
  readonly heard: boolean;
  /**
   * Whether a gateway of another cluster is leaving: its app may be gone while its node still forwards, over the cables of gateways
   * that it was told of last.
   */
  readonly othersLeave: () => boolean;
}

/**
 * How far gateways are on their way out. Counts only what was published, and only while everybody could hear it: as soon as that
 * is not so, a phase begins anew. Pure: time is an argument.
 *
 * @example
 * clock.phaseOf("gw1", undefined, surroundings, now) // "leaving"
 * clock.phaseOf("gw1", "leaving", surroundings, now + LEAVING_MS) // "left", if it was asked at `now` too
 */
export class LeaveClock {
  readonly #since = new Map<string, { readonly phase: GatewayPhase; readonly at: number; otherLeft: number }>();

  /** Forgets all others. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#since.keys()) if (!names.has(name)) this.#since.delete(name);
  }

  /** What is to be published next of one of which `published` is published now. */
  phaseOf(
    name: string,
    published: GatewayPhase | undefined,
    { heard, othersLeave }: Surroundings,
    now: number,
  ): "leaving" | "left" | "gone" {
    const phase = published === "left" ? "left" : "leaving";
    const since = this.#since.get(name);
    if (!heard || published !== phase || since?.phase !== phase) {
      this.#since.set(name, { phase, at: now, otherLeft: now });
      return phase;
    }
    const waited = now - since.at;
    if (phase === "leaving") return waited < LEAVING_MS ? "leaving" : "left";
    if (othersLeave()) since.otherLeft = now;
    return waited >= LEFT_AT_MOST_MS || now - since.otherLeft >= LEFT_MS ? "gone" : "left";
  }
}
