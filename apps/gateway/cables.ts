// SPDX-License-Identifier: Apache-2.0
import type { CableState } from "@strait/member";
import { type Problem, parseAddress } from "@strait/model";
import { type AppContext, type HopReport, hopReports } from "@strait/node";

/** The cables of this node as the last pass made them, by CLUSTER/GATEWAY. */
export interface Cables {
  /** Where a cable goes, or why there is none. */
  state(key: string): CableState;
  /** Its counters; undefined where there is none. */
  traffic(key: string): HopReport | undefined;
}

/**
 * What the loop did last, looked up by cable. `problems` are those of the source, which never reach the loop. The kernel's
 * counters are read where somebody asks for traffic: a gateway that probes does so only for metrics.
 */
export function cablesOf({ state, counters }: Pick<AppContext, "state" | "counters">, problems: readonly Problem[]): Cables {
  const read = (traffic: ReturnType<AppContext["counters"]>["traffic"]): Map<string, HopReport> => {
    const hops = state.applied ? hopReports(state.applied, "gateway", traffic) : [];
    return new Map(hops.flatMap((hop) => (hop.peer === undefined ? [] : [[hop.peer, hop] as const])));
  };
  const hops = read(new Map());
  let counted: Map<string, HopReport> | undefined;
  const all = [...state.problems, ...problems];
  const reasonOf = (key: string): string | undefined => {
    const [cluster = ""] = key.split("/");
    const objects = [`gateway ${key}`, `cluster ${cluster}`];
    return all.find(({ object }) => objects.includes(object))?.reason;
  };
  return {
    state(key) {
      const remote = parseAddress(hops.get(key)?.remote ?? "");
      return remote.ok ? { remote: remote.value, reason: undefined } : { remote: undefined, reason: reasonOf(key) };
    },
    traffic(key) {
      counted ??= read(counters().traffic);
      return counted.get(key);
    },
  };
}

/** Whether packets came over a cable lately: looks at a counter from time to time. */
export class ArrivalWatch {
  readonly #last = new Map<string, { rx: bigint; at: number | undefined }>();
  readonly #freshMs: number;

  /** @param freshMs milliseconds that an arrival counts */
  constructor(freshMs: number) {
    this.#freshMs = freshMs;
  }

  /** Forgets all cables but these: names come from other clusters. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#last.keys()) if (!keys.has(key)) this.#last.delete(key);
  }

  /** Takes note of the counter and answers. The first look tells nothing: what came may have come long ago. */
  receiving(key: string, rx: bigint, now: number): boolean {
    const last = this.#last.get(key);
    const at = last === undefined || rx === last.rx ? last?.at : now;
    this.#last.set(key, { rx, at });
    return at !== undefined && now - at <= this.#freshMs;
  }
}
