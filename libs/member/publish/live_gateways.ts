// SPDX-License-Identifier: Apache-2.0
import { UPDATE_TIMESTAMP_ANNOTATION } from "@strait/model";

/** After so long without a sign of life a gateway is taken for gone (Submariner: 15 s). */
export const GATEWAY_STALE_MS = 15_000;

/** What is looked at of a Gateway object. */
interface Heartbeat {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> | undefined };
}

/**
 * Which gateways of the cluster are alive: those whose Gateway object changes its update-timestamp. The time in it is never
 * compared with our clock, so a clock that is wrong by an hour harms nobody; what counts is how long ago we saw it change.
 * Pure: time is an argument.
 *
 * @example
 * const live = new LiveGateways();
 * live.see(gateways.store.list(), elapsed(timers));
 * live.stale(gateways.store.list(), elapsed(timers)) // those to delete
 */
export class LiveGateways {
  readonly #seen = new Map<string, { readonly stamp: string; readonly at: number }>();

  /** Takes note of the objects as they are now. */
  see(gateways: readonly Heartbeat[], now: number): void {
    const names = new Set(gateways.map(({ metadata }) => metadata.name));
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
    for (const { metadata } of gateways) {
      const stamp = metadata.annotations?.[UPDATE_TIMESTAMP_ANNOTATION] ?? "";
      if (this.#seen.get(metadata.name)?.stamp !== stamp) this.#seen.set(metadata.name, { stamp, at: now });
    }
  }

  /** Forgets all ages: while the API server was away nobody could give a sign of life. */
  restart(now: number): void {
    for (const [name, { stamp }] of this.#seen) this.#seen.set(name, { stamp, at: now });
  }

  /** Those without a sign of life for GATEWAY_STALE_MS or more. One that was never seen is not stale. */
  stale<G extends Heartbeat>(gateways: readonly G[], now: number): G[] {
    return gateways.filter(({ metadata }) => now - (this.#seen.get(metadata.name)?.at ?? now) >= GATEWAY_STALE_MS);
  }
}
