// SPDX-License-Identifier: Apache-2.0
import type { ClusterFile, Problem } from "@strait/model";
import type { LocalSettings, MembershipPlan } from "@strait/plan";

/** What is said where nothing is known and nothing is wrong. */
const NOTHING_YET = "nothing was read from the API server yet";

/**
 * The last cluster file that could be made, and what is wrong now. Where none can be made the last one stays in force, and the
 * reasons say why there is no newer one.
 *
 * @example
 * const kept = new KeptFile(previous, settings);
 * if (kept.take({ plan: membership.plan(), refused: [], away: [] })) onChange();
 */
export class KeptFile {
  #file: ClusterFile | undefined;
  #problems: readonly Problem[] = [];
  #reasons: readonly string[] = [NOTHING_YET];

  /**
   * @param previous what was applied last, perhaps by a process before this one
   * @param settings those of this process, which are in force at once
   */
  constructor(previous: ClusterFile | undefined, settings: LocalSettings) {
    this.#file = previous && { ...settingless(previous), ...settings };
  }

  /** Undefined until the first could be made. */
  get file(): ClusterFile | undefined {
    return this.#file;
  }

  /** What is refused. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** What is refused or out of reach, one sentence each. */
  get reasons(): readonly string[] {
    return this.#reasons;
  }

  /**
   * Takes what is known now: the plan, undefined while too little was read for one; objects that could not be taken into it; and
   * what keeps changes from coming. Returns whether the file or a reason changed.
   */
  take({ plan, refused, away }: KnownNow): boolean {
    const before = this.#file;
    const file = plan?.file;
    if (file && !(before && sameFile(file, before))) this.#file = file;
    const problems = [...(plan?.problems ?? []), ...refused];
    const faults = [...new Set([...away, ...problems.map(({ object, reason }) => `${object}: ${reason}`)])];
    const reasons = this.#file || faults.length > 0 ? faults : [NOTHING_YET];
    if (this.#file === before && reasons.join("\n") === this.#reasons.join("\n")) return false;
    this.#problems = problems;
    this.#reasons = reasons;
    return true;
  }
}

interface KnownNow {
  readonly plan: MembershipPlan | undefined;
  readonly refused: readonly Problem[];
  readonly away: readonly string[];
}

/** What of a last state is not of the environment it was made in. */
function settingless(last: ClusterFile): Omit<ClusterFile, keyof LocalSettings> {
  const { cluster, node, subnets, podSubnets, nodes, clusters } = last;
  return { cluster, node, subnets, ...(podSubnets && { podSubnets }), nodes, clusters };
}

/** Whether the planners would see no difference: the parts are the same objects, as `Membership` keeps them. */
function sameFile(a: ClusterFile, b: ClusterFile): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof ClusterFile>;
  return [...keys].every((key) => a[key] === b[key]);
}
