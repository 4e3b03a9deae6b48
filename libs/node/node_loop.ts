// SPDX-License-Identifier: Apache-2.0
import type { Change, Dataplane } from "@strait/dataplane";
import { type ClusterFile, type NodePart, ownNode, type Planner, type Problem, partOf } from "@strait/model";
import { type Log, StateLog } from "@strait/obs";
import { Backoff, type BackoffOptions, elapsed, sleep, type Timers } from "@strait/time";
import type { NodeMetrics } from "./node_metrics.ts";
import { nodeProblems } from "./node_problems.ts";
import { type NodeState, sum } from "./node_state.ts";
import { Reconciler } from "./reconciler.ts";

export interface NodeLoopOptions {
  readonly dataplane: Dataplane;
  /** Makes the planner of this app; a new one where an error left the old one in doubt. */
  readonly planner: () => Planner;
  /** The config in force; asked at the start of every pass, where it may look at its file again. */
  readonly file: () => ClusterFile;
  /** Takes note of every pass. */
  readonly state: NodeState;
  /** Counts every pass. */
  readonly observer?: NodeMetrics;
  /** Told after every pass that ran to its end. */
  readonly applied?: () => void;
  readonly log: Log;
  readonly timers: Timers;
  readonly backoff?: BackoffOptions;
}

/** Milliseconds from one pass to the next that news ask for: one change of an interface is told in many messages. */
const GATHER = 50;

/** The same for news of pods, which are waited for, and whose record is written in one or two steps. */
const GATHER_PODS = 5;

/** Causes that come with the news of what changed. After any other, nothing that is remembered is trusted. */
const TOLD: ReadonlySet<string> = new Set(["config", "netlink"]);

/**
 * Keeps one node as its config wants it: found facts → plan → apply, on start, on request, when links, addresses or routes
 * change, after a failure and every minute. A pass that fails leaves what was applied before.
 *
 * A pass that was asked for by news looks at what the news are about and writes the difference to what it wrote before; every
 * other one looks at everything, the maps included. The first news after a quiet time are acted on at once, those that
 * follow are gathered; a pod is waited for, so its news are gathered for a shorter time.
 *
 * @example
 * const loop = new NodeLoop({ dataplane, planner: () => new GatewayPlanner(), file: () => config.file, state, log, timers: systemTimers });
 * loop.start();
 * loop.request("config");
 * await loop.stop(); // the dataplane goes on forwarding
 */
export class NodeLoop {
  readonly #options: NodeLoopOptions;
  readonly #states: StateLog;
  readonly #reconciler: Reconciler;
  readonly #stopping = new AbortController();
  #listening: Promise<void> | undefined;
  #planner: Planner | undefined;
  /** The own node's part in the last pass: which rows are ours hangs on it. */
  #part: NodePart | undefined;
  #passedAt = Number.NEGATIVE_INFINITY;

  constructor(options: NodeLoopOptions) {
    this.#options = options;
    this.#states = new StateLog(options.log);
    this.#reconciler = new Reconciler((why) => this.#pass(why), options);
  }

  /** Begins: listens for changes first, so that none falls between the first pass and the first news. */
  start(): void {
    this.#listening ??= this.#listen();
    this.request("start");
  }

  /** Asks for a pass within so many milliseconds. */
  request(cause: string, delay?: number): void {
    this.#reconciler.request(cause, delay);
  }

  /** Ends the loop after the pass that runs, if any. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reconciler.stop();
    await this.#listening;
  }

  #pass(why: readonly string[]): boolean {
    const { dataplane, file: current, state, observer, timers, log } = this.#options;
    const began = elapsed(timers);
    try {
      const file = current();
      const part = partOf(ownNode(file));
      const anew = this.#planner === undefined || part !== this.#part || why.some((cause) => !TOLD.has(cause));
      if (anew) dataplane.doubt();
      const facts = dataplane.facts(file);
      const planner = this.#planner ?? this.#options.planner();
      this.#planner = undefined;
      if (anew || !dataplane.sure) planner.found(dataplane.present());
      const made = planner.update(file, facts);
      const own = nodeProblems(file, facts);
      const planned = own.length > 0 ? { ...made, problems: [...own, ...made.problems] } : made;
      const report = dataplane.apply(planned);
      // Only now: a planner that an error took out of step is not asked again.
      this.#planner = planner;
      this.#part = part;
      state.apply({ file, facts, plan: planned, report }, timers.now());
      observer?.applied(report);
      this.#states.clear("reconcile", "reconciling works again");
      this.#tell("failure", "not applied", report.failures);
      this.#tell("problem", "problem", planned.problems);
      const [writes, removes] = [sum(report.writes), sum(report.removes)];
      const fields = {
        why: why.join("+"),
        writes,
        removes,
        failures: report.failures.length,
        ms: Math.round(elapsed(timers) - began),
      };
      this.#options.applied?.();
      log.at(writes + removes > 0 || state.totals.applies === 1 ? "info" : "debug", "applied", fields);
      return report.failures.length === 0;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      state.fail(reason);
      observer?.failed();
      this.#states.set("reconcile", reason, "error", "cannot reconcile; what was applied stays", { why: why.join("+"), reason });
      return false;
    } finally {
      this.#passedAt = elapsed(timers);
    }
  }

  /** Logs what began and what is over since the last pass. */
  #tell(kind: string, message: string, problems: readonly Problem[]): void {
    const now = new Set<string>();
    for (const { object, reason } of problems) {
      const subject = `${kind} ${object}\n${reason}`;
      now.add(subject);
      this.#states.set(subject, "present", "warn", message, { object, reason });
    }
    for (const subject of this.#states.subjects(`${kind} `)) {
      const [object = "", reason = ""] = subject.slice(kind.length + 1).split("\n");
      if (!now.has(subject)) this.#states.clear(subject, `${message}: solved`, { object, reason });
    }
  }

  #news(change: Change): void {
    const gather = change === "pods" ? GATHER_PODS : GATHER;
    this.request("netlink", Math.max(0, this.#passedAt + gather - elapsed(this.#options.timers)));
  }

  async #listen(): Promise<void> {
    const { dataplane, timers, backoff: options } = this.#options;
    const { signal } = this.#stopping;
    const backoff = new Backoff(options);
    while (!signal.aborted) {
      let reason = "the stream of changes ended";
      try {
        for await (const change of dataplane.changes(signal)) {
          if (this.#states.clear("changes", "the kernel's changes are seen again")) backoff.reset();
          this.#news(change);
        }
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
      if (signal.aborted) return;
      this.#states.set("changes", "lost", "warn", "changes are not seen; looking again", { reason });
      await sleep(timers, backoff.next(), signal);
      this.request("changes lost");
    }
  }
}
