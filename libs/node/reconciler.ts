// SPDX-License-Identifier: Apache-2.0
import { Backoff, type BackoffOptions, elapsed, type Timers } from "@strait/time";

/** One pass from what is to what should be. `why` names the causes since the last one. Answers whether all of it succeeded. */
export type Pass = (why: readonly string[]) => boolean | Promise<boolean>;

export interface ReconcilerOptions {
  readonly timers: Timers;
  /** Milliseconds from a good pass to the next one that nothing asked for. 60000 when absent. */
  readonly resync?: number;
  readonly backoff?: BackoffOptions;
}

/**
 * Runs a pass when asked, again after a failure (backoff), and from time to time (resync). Passes never overlap; requests that
 * come before a pass begins are served by it, those that come during one by the next.
 *
 * A request with a delay opens a window: the pass runs that long after the first request, however many follow, so that a storm
 * of changes neither starves it nor runs it per change.
 *
 * @example
 * const loop = new Reconciler((why) => apply(why), { timers: systemTimers });
 * loop.request("start");
 * loop.request("netlink", 50);
 * await loop.stop();
 */
export class Reconciler {
  readonly #pass: Pass;
  readonly #timers: Timers;
  readonly #resync: number;
  readonly #backoff: Backoff;
  #causes = new Set<string>();
  /** `at` by a clock that nobody sets: else a step of the machine's clock would put off every pass by as much. */
  #next: { at: number; cause: string | undefined; cancel: () => void } | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(pass: Pass, { timers, resync = 60_000, backoff }: ReconcilerOptions) {
    this.#pass = pass;
    this.#timers = timers;
    this.#resync = resync;
    this.#backoff = new Backoff(backoff);
  }

  /** Asks for a pass within so many milliseconds. Ignored once stopped. */
  request(cause: string, delay = 0): void {
    if (this.#stopped) return;
    this.#causes.add(cause);
    this.#schedule(delay);
  }

  /** Ends the loop. Resolves when the pass that runs, if any, is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#next?.cancel();
    this.#next = undefined;
    await this.#running;
  }

  /** The earliest wish wins; while a pass runs the timer may fire, and then waits for the end of the pass. */
  #schedule(delay: number, cause?: string): void {
    if (this.#stopped) return;
    const at = elapsed(this.#timers) + delay;
    if (this.#next && this.#next.at <= at) return;
    this.#next?.cancel();
    this.#next = { at, cause, cancel: this.#timers.after(delay, () => this.#due()) };
  }

  #due(): void {
    if (this.#running) return;
    const cause = this.#next?.cause;
    this.#next = undefined;
    const why = [...this.#causes];
    this.#causes = new Set();
    this.#running = this.#attempt(why.length > 0 ? why : [cause ?? "resync"]).then((succeeded) => this.#ended(succeeded));
  }

  async #attempt(why: readonly string[]): Promise<boolean> {
    try {
      return await this.#pass(why);
    } catch {
      return false; // A pass reports its own failures; whatever escapes it is retried like one.
    }
  }

  #ended(succeeded: boolean): void {
    this.#running = undefined;
    if (this.#next && this.#next.at <= elapsed(this.#timers)) this.#due();
    else if (succeeded) this.#schedule(this.#resync, "resync");
    else this.#schedule(this.#backoff.next(), "retry");
    if (succeeded) this.#backoff.reset();
  }
}
