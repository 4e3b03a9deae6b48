// SPDX-License-Identifier: Apache-2.0
import { expect } from "bun:test";
import type { Lab, Place } from "@strait/lab";
import { patience, slow } from "../../support/slow.ts";
import { CountedFlows } from "./counted_flows.ts";

/**
 * Steady datagrams between places, several flows in both families, while something is done to what carries them.
 *
 * @example
 * const load = await SteadyLoad.start(lab, [[east, west], [west, east]]);
 * await restartEverything();
 * await load.stopWithoutLoss();
 */
export class SteadyLoad {
  readonly #flows: CountedFlows;

  private constructor(flows: CountedFlows) {
    this.#flows = flows;
  }

  /** `each`: flows of each family between each pair; `every`: milliseconds from one datagram to the next. */
  static async start(
    lab: Lab,
    pairs: readonly (readonly [Place, Place])[],
    { each = 2, every = slow ? 40 : 5 }: { readonly each?: number; readonly every?: number } = {},
  ): Promise<SteadyLoad> {
    return new SteadyLoad(await CountedFlows.start(lab, pairs, { each, every }));
  }

  /** Ends the flows; every datagram must have come back, but for those that a socket at either end had no room for. */
  async stopWithoutLoss(): Promise<void> {
    const { results, overflowed } = await this.#flows.stop(patience(1000));
    const lost = results.reduce((sum, { sent, received }) => sum + sent - received, 0);
    expect(Math.min(...results.map(({ sent }) => sent))).toBeGreaterThan(2);
    const hurt = lost > overflowed ? results.filter(({ sent, received }) => sent !== received) : [];
    expect({ lost: Math.max(0, lost - overflowed), hurt }).toEqual({ lost: 0, hurt: [] });
  }
}
