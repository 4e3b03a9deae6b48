// SPDX-License-Identifier: Apache-2.0
import type { Lab, Place } from "@strait/lab";
import { CountedFlows } from "../../../netns/support/counted_flows.ts";

/** Milliseconds from one datagram to the next: so few that no socket overflows on a busy machine. */
const EVERY = 40;

/** Datagrams that a flow over another way may lose to sockets without room; over a dead one it loses hundreds. */
const FEW = 20;

/** What became of flows that met a fault. */
export interface FlowFates {
  /** Those that did not meet it. */
  readonly untouched: number;
  /** Datagrams that these lost all the same, and no socket can account for. */
  readonly unexplained: number;
  /** Those that met it and were whole again in the end. */
  readonly recovered: number;
  readonly lost: number;
  readonly longestGapMs: number;
}

/**
 * Many flows, so that every gateway has some of them, while a gateway is taken away without a warning: those that it carries lose
 * something, the others must not.
 *
 * @example
 * const flows = await ManyFlows.start(lab, [[east, west]]);
 * await real.kill();
 * expect((await flows.stop()).lost).toBe(0);
 */
export class ManyFlows {
  readonly #flows: CountedFlows;

  private constructor(flows: CountedFlows) {
    this.#flows = flows;
  }

  /** `each`: flows of each family between each pair. */
  static async start(lab: Lab, pairs: readonly (readonly [Place, Place])[], each = 16): Promise<ManyFlows> {
    return new ManyFlows(await CountedFlows.start(lab, pairs, { each, every: EVERY }));
  }

  /** Ends them. `lost` are those that never came back. */
  async stop(): Promise<FlowFates> {
    const { results, overflowed } = await this.#flows.stop(2000);
    const hurt = results.filter(({ sent, received }) => sent - received > FEW);
    const spared = results.filter((flow) => !hurt.includes(flow));
    const missing = spared.reduce((sum, { sent, received }) => sum + sent - received, 0);
    // One that came back was silent for as long as it lost datagrams; one that did not has no gap, as nothing ended its silence.
    const back = hurt.filter(({ sent, received, longestGapMs }) => (sent - received) * EVERY <= 2 * longestGapMs);
    return {
      untouched: spared.length,
      unexplained: Math.max(0, missing - overflowed),
      recovered: back.length,
      lost: hurt.length - back.length,
      longestGapMs: Math.round(Math.max(0, ...back.map(({ longestGapMs }) => longestGapMs))),
    };
  }
}
