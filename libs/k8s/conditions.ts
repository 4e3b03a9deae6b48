// SPDX-License-Identifier: Apache-2.0

/** One statement of an object's status (https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md). */
export interface Condition {
  /** What it is about: "Connected", "Synced". */
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  /** One word in CamelCase. */
  readonly reason: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly observedGeneration?: number | undefined;
}

/** A condition as it stands in a status. */
export interface StandingCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly observedGeneration?: number | undefined;
  /** Since when it has this status, RFC 3339. */
  readonly lastTransitionTime?: string | undefined;
}

/**
 * The conditions with this one put in its place. `lastTransitionTime` moves only with the status, and the very same array is
 * answered where nothing differs, so that nothing needs to be written.
 *
 * @param now milliseconds since the epoch.
 * @example
 * setCondition([], { type: "Synced", status: "False", reason: "BrokerAway", message: "The broker does not answer." }, Date.now())
 */
export function setCondition<C extends StandingCondition>(
  conditions: readonly C[] | undefined,
  condition: Condition,
  now: number,
): readonly (C | StandingCondition)[] {
  const standing = conditions ?? [];
  const old = standing.find(({ type }) => type === condition.type);
  if (old && sameStatement(old, condition)) return standing;
  const since = old?.status === condition.status ? old.lastTransitionTime : undefined;
  const next: StandingCondition = { ...old, ...condition, lastTransitionTime: since ?? timestamp(now) };
  return old ? standing.map((one) => (one === old ? next : one)) : [...standing, next];
}

/** Without the conditions of a type; the very same array where there is none. */
export function removeCondition<C extends StandingCondition>(conditions: readonly C[], type: string): readonly C[] {
  return conditions.some((one) => one.type === type) ? conditions.filter((one) => one.type !== type) : conditions;
}

/** RFC 3339 in whole seconds, as Kubernetes' Time. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** RFC 3339 with microseconds, as Kubernetes' MicroTime. */
export function microTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/Z$/, "000Z");
}

function sameStatement(a: StandingCondition, b: StandingCondition): boolean {
  const { status, reason, message, observedGeneration } = a;
  return status === b.status && reason === b.reason && message === b.message && observedGeneration === b.observedGeneration;
}
