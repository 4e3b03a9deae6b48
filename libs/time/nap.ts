// SPDX-License-Identifier: Apache-2.0
import { sleep, type Timers } from "./timers.ts";

/**
 * A wait of a loop that somebody else may end: it looks again at once, rather than when it is time.
 *
 * @example
 * const nap = new Nap();
 * await nap.take(timers, 60_000, signal); // in the loop
 * nap.wake(); // something changed
 */
export class Nap {
  #end: (() => void) | undefined;

  /** Ends the wait that is under way; where there is none, nothing. */
  wake(): void {
    this.#end?.();
  }

  /** Waits as `sleep` does, until it is over, the signal is aborted or somebody calls `wake`. One at a time. */
  async take(timers: Timers, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const over = new AbortController();
    const end = () => over.abort();
    signal.addEventListener("abort", end, { once: true });
    this.#end = end;
    await sleep(timers, milliseconds, over.signal);
    this.#end = undefined;
    signal.removeEventListener("abort", end);
  }
}
