// SPDX-License-Identifier: Apache-2.0
import { microTimestamp } from "./conditions.ts";
import type { Lease } from "./core_kinds/coordination.ts";

type LeaseSpec = Lease["spec"];

/** Who holds a lease; undefined for nobody. */
export function holderOf(lease: Lease | undefined): string | undefined {
  return lease?.spec?.holderIdentity || undefined;
}

/** The lease in our hands, taken from whoever had it. */
export function acquiredSpec(spec: LeaseSpec, identity: string, leaseMs: number, now: number): LeaseSpec {
  const time = microTimestamp(now);
  return {
    ...spec,
    holderIdentity: identity,
    leaseDurationSeconds: seconds(leaseMs),
    acquireTime: time,
    renewTime: time,
    leaseTransitions: spec ? (spec.leaseTransitions ?? 0) + 1 : 0,
  };
}

/** The lease that we have, for another while. */
export function renewedSpec(spec: LeaseSpec, leaseMs: number, now: number): LeaseSpec {
  return { ...spec, leaseDurationSeconds: seconds(leaseMs), renewTime: microTimestamp(now) };
}

/** The lease in nobody's hands. A second is the least that client-go takes for a duration. */
export function releasedSpec(spec: LeaseSpec, now: number): LeaseSpec {
  const time = microTimestamp(now);
  return { ...spec, holderIdentity: "", leaseDurationSeconds: 1, acquireTime: time, renewTime: time };
}

function seconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}

/** A lease as last seen, and for how long it has been so by our own clock. */
export class WatchedLease {
  readonly #elapsed: () => number;
  #lease: Lease | undefined;
  #since = 0;

  /** @param elapsed milliseconds of a clock that nobody sets. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  get lease(): Lease | undefined {
    return this.#lease;
  }

  see(lease: Lease): void {
    if (!this.#lease || !Bun.deepEquals(this.#lease.spec, lease.spec)) this.#since = this.#elapsed();
    this.#lease = lease;
  }

  /** What was seen is not what is there any more; it is not known what is. */
  forget(): void {
    this.#lease = undefined;
  }

  /** Whether it did not change for its whole duration. */
  ranOut(): boolean {
    const duration = (this.#lease?.spec?.leaseDurationSeconds ?? 0) * 1000;
    return this.#elapsed() >= this.#since + duration;
  }
}
