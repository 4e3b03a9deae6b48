// SPDX-License-Identifier: Apache-2.0
import type { Lab, Place } from "@strait/lab";
import { CountedFlows, type FlowCount } from "../../../netns/support/counted_flows.ts";

/** Milliseconds from one datagram to the next: so few that no socket overflows on a busy machine. */
const EVERY = 60;

/** Datagrams that a flow over another way may lose to sockets without room; over a dead one it loses hundreds. */
const FEW = 20;

/** Milliseconds without an answer after which one does not run any more: far more than a busy machine takes. */
const QUIET = 3000;

/** What became of flows that met a fault. */
export interface FlowFates {
  /** Those that did not meet it. */
  readonly untouched: number;
  /** Datagrams that these lost all the same, and no socket can account for. */
  readonly unexplained: number;
  /** Those that met it and were whole again in the end. */
  readonly recovered: number;
  /** Those that were without answers when they ended, as they were. */
  readonly lost: FlowCount["results"];
  readonly longestGapMs: number;
}

/**
 * Many flows, so that every gateway has some of them, while a gateway is taken away without a warning: those that it carries lose
 * something, the others must not.
 *
 * @example
 * const flows = await ManyFlows.start(lab, [[east, west]]);
 * await real.kill();
 * expect((await flows.stop()).lost).toEqual([]);
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

  /** Ends them. */
  async stop(): Promise<FlowFates> {
    const { results, overflowed } = await this.#flows.stop(2000);
    const hurt = results.filter(({ sent, received }) => sent - received > FEW);
    const spared = results.filter((flow) => !hurt.includes(flow));
    const missing = spared.reduce((sum, { sent, received }) => sum + sent - received, 0);
    const back = hurt.filter(({ quietMs }) => quietMs < QUIET);
    return {
      untouched: spared.length,
      unexplained: Math.max(0, missing - overflowed),
      recovered: back.length,
      lost: hurt.filter((flow) => !back.includes(flow)),
      longestGapMs: Math.round(Math.max(0, ...back.map(({ longestGapMs }) => longestGapMs))),
    };
  }
}
