// SPDX-License-Identifier: Apache-2.0
import type { Family, Flow, Lab, Place } from "@strait/lab";
import { overflowsOf } from "./overflows.ts";

const FAMILIES: readonly Family[] = [4, 6];

/** What became of a flow: "east/w1/on-w1 to west/w1/on-w1, IPv4". */
export type NamedResult = Awaited<ReturnType<Flow["stop"]>> & { readonly name: string };

/** What flows came to, and how many of their datagrams sockets at either end had no room for. */
export interface FlowCount {
  readonly results: readonly NamedResult[];
  readonly overflowed: number;
}

/**
 * Steady datagrams between places in both families, of which is known what full sockets lost.
 *
 * @example
 * const flows = await CountedFlows.start(lab, [[east, west]], { each: 2, every: 5 });
 * const { results, overflowed } = await flows.stop(1000);
 */
export class CountedFlows {
  /** By name. */
  readonly #flows: readonly (readonly [name: string, flow: Flow])[];
  readonly #places: readonly Place[];
  readonly #overflows: number;

  private constructor(flows: readonly (readonly [string, Flow])[], places: readonly Place[], overflows: number) {
    this.#flows = flows;
    this.#places = places;
    this.#overflows = overflows;
  }

  /** `each`: flows of each family between each pair; `every`: milliseconds from one datagram to the next. */
  static async start(
    lab: Lab,
    pairs: readonly (readonly [Place, Place])[],
    { each, every }: { readonly each: number; readonly every: number },
  ): Promise<CountedFlows> {
    const flows: [string, Flow][] = [];
    const places = [...new Set(pairs.flat())];
    const overflows = await overflowsOf(places);
    for (const [from, to] of pairs) {
      for (const family of FAMILIES) {
        const name = `${from.label} to ${to.label}, IPv${family}`;
        for (let n = 0; n < each; n++) flows.push([name, await lab.flow(from, to, { family, every })]);
      }
    }
    return new CountedFlows(flows, places, overflows);
  }

  /** Ends them; answers are waited for as many milliseconds. */
  async stop(patience: number): Promise<FlowCount> {
    const results = await Promise.all(this.#flows.map(async ([name, flow]) => ({ ...(await flow.stop(patience)), name })));
    return { results, overflowed: (await overflowsOf(this.#places)) - this.#overflows };
  }
}
