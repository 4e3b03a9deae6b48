// SPDX-License-Identifier: Apache-2.0
import { expect } from "bun:test";
import type { Family, Flow, Lab, Place } from "@strait/lab";
import { overflowsOf } from "./overflows.ts";
import { patience, slow } from "./slow.ts";

const FAMILIES: readonly Family[] = [4, 6];

/**
 * Steady datagrams between places, several flows in both families, while something is done to what carries them.
 *
 * @example
 * const load = await SteadyLoad.start(lab, [[east, west], [west, east]]);
 * await restartEverything();
 * await load.stopWithoutLoss();
 */
export class SteadyLoad {
  readonly #flows: readonly Flow[];
  readonly #places: readonly Place[];
  readonly #overflows: number;

  private constructor(flows: readonly Flow[], places: readonly Place[], overflows: number) {
    this.#flows = flows;
    this.#places = places;
    this.#overflows = overflows;
  }

  static async start(lab: Lab, pairs: readonly (readonly [Place, Place])[], flowsEach = 2): Promise<SteadyLoad> {
    const flows: Flow[] = [];
    const places = [...new Set(pairs.flat())];
    const overflows = await overflowsOf(places);
    for (const [from, to] of pairs) {
      for (const family of FAMILIES) {
        for (let n = 0; n < flowsEach; n++) flows.push(await lab.flow(from, to, { family, every: slow ? 40 : 5 }));
      }
    }
    return new SteadyLoad(flows, places, overflows);
  }

  /** Ends the flows; every datagram must have come back, but for those that a socket at either end had no room for. */
  async stopWithoutLoss(): Promise<void> {
    const results = await Promise.all(this.#flows.map((flow) => flow.stop(patience(1000))));
    const lost = results.reduce((sum, { sent, received }) => sum + sent - received, 0);
    const overflowed = (await overflowsOf(this.#places)) - this.#overflows;
    expect(Math.min(...results.map(({ sent }) => sent))).toBeGreaterThan(2);
    expect({ lost: Math.max(0, lost - overflowed), results: lost > overflowed ? results : [] }).toEqual({ lost: 0, results: [] });
  }
}
