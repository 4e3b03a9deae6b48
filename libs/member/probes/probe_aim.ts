// SPDX-License-Identifier: Apache-2.0
import type { Address } from "@strait/model";
import type { Timers } from "@strait/time";
import { probeTargets, remoteLinks } from "../publish/connections.ts";
import type { MemberSource } from "../source/member_source.ts";
import type { Prober } from "./prober.ts";

export interface ProbeAimOptions {
  /** Undefined where nothing is probed. */
  readonly prober: Pick<Prober, "setTargets"> | undefined;
  readonly source: Pick<MemberSource, "remoteEndpoints" | "remoteCount">;
  /** The own addresses to probe from; undefined while they are not known: then the targets stay. */
  readonly own: () => readonly Address[] | undefined;
  /** Called after each look: what is told of the other clusters may be other now, probed or not. */
  readonly aimed?: () => void;
  readonly timers: Timers;
}

/** Milliseconds for each other cluster until a change of one is told to the prober. */
const EACH_MS = 4;
/** Milliseconds at most, however many there are. */
const LONGEST_MS = 1000;

/**
 * Tells the prober what to probe. A look is at all other clusters: where they are many it is seldom.
 *
 * @example
 * const aim = new ProbeAim({ prober, source, own: () => addresses, timers });
 * aim.soon(); // a cluster changed
 * aim.now(); // the own addresses did
 */
export class ProbeAim {
  readonly #options: ProbeAimOptions;
  #cancel: (() => void) | undefined;

  constructor(options: ProbeAimOptions) {
    this.#options = options;
  }

  now(): void {
    const { prober, source, own, aimed } = this.#options;
    const addresses = own();
    if (addresses) prober?.setTargets(probeTargets(remoteLinks(source.remoteEndpoints), addresses));
    aimed?.();
  }

  /** After a while in which more may change. */
  soon(): void {
    const { source, timers } = this.#options;
    this.#cancel ??= timers.after(Math.min(LONGEST_MS, source.remoteCount * EACH_MS), () => {
      this.#cancel = undefined;
      this.now();
    });
  }

  stop(): void {
    this.#cancel?.();
  }
}
