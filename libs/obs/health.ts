// SPDX-License-Identifier: Apache-2.0
import type { Result } from "@strait/model";

/** Asked at every request; answers at once. */
export type Check = () => Result<unknown>;

/** What a set of checks says. `failing` holds `NAME: reason`, in the order of registration. */
export interface Verdict {
  readonly ok: boolean;
  readonly failing: readonly string[];
}

/**
 * Named checks of two kinds: `live` (a process that fails one should be restarted) and `ready` (one that fails one does not do
 * its work yet). A process without checks is live and ready.
 *
 * @example
 * const health = new Health();
 * health.ready("dataplane", () => (applied ? ok(true) : refuse("nothing was applied yet")));
 * health.readiness(); // {ok: false, failing: ["dataplane: nothing was applied yet"]}
 */
export class Health {
  readonly #live = new Map<string, Check>();
  readonly #ready = new Map<string, Check>();

  /** Adds or replaces a check of /healthz. */
  live(name: string, check: Check): void {
    this.#live.set(name, check);
  }

  /** Adds or replaces a check of /readyz. */
  ready(name: string, check: Check): void {
    this.#ready.set(name, check);
  }

  liveness(): Verdict {
    return verdict(this.#live);
  }

  readiness(): Verdict {
    return verdict(this.#ready);
  }
}

function verdict(checks: ReadonlyMap<string, Check>): Verdict {
  const failing: string[] = [];
  for (const [name, check] of checks) {
    const answer = run(check);
    if (!answer.ok) failing.push(`${name}: ${answer.reason}`);
  }
  return { ok: failing.length === 0, failing };
}

/** A check that throws has failed: it must not take the others with it. */
function run(check: Check): Result<unknown> {
  try {
    return check();
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
