// SPDX-License-Identifier: Apache-2.0
import type { GatewayPhase } from "@strait/model";

/** So long everybody has to hear that a gateway is leaving, before it stops to forward. */
export const LEAVING_MS = 15_000;

/** So long what a gateway sent last is still taken after it stopped. */
export const LEFT_MS = 10_000;

/**
 * How far gateways are on their way out. Counts only what was published, and only while everybody could hear it: as soon as that
 * is not so, a phase begins anew. Pure: time is an argument.
 *
 * @example
 * clock.phaseOf("gw1", undefined, true, now) // "leaving"
 * clock.phaseOf("gw1", "leaving", true, now + LEAVING_MS) // "left", if it was asked at `now` too
 */
export class LeaveClock {
  readonly #since = new Map<string, { readonly phase: GatewayPhase; readonly at: number }>();

  /** Forgets all others. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#since.keys()) if (!names.has(name)) this.#since.delete(name);
  }

  /** What is to be published next of one of which `published` is published now. `heard`: whether time counts. */
  phaseOf(name: string, published: GatewayPhase | undefined, heard: boolean, now: number): "leaving" | "left" | "gone" {
    const phase = published === "left" ? "left" : "leaving";
    const since = this.#since.get(name);
    if (!heard || published !== phase || since?.phase !== phase) {
      this.#since.set(name, { phase, at: now });
      return phase;
    }
    if (now - since.at < (phase === "left" ? LEFT_MS : LEAVING_MS)) return phase;
    return phase === "left" ? "gone" : "left";
  }
}
