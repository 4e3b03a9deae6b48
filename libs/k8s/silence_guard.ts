// SPDX-License-Identifier: Apache-2.0
import { elapsed, type Timers } from "@strait/time";

/** Why a watch was given up of which nothing was heard. */
export class Silence extends Error {
  override readonly name = "Silence";
}

/**
 * The signal of a watch: aborted when its owner stops, when it is cut, or when nothing was heard for too long. A connection whose
 * other end vanished without a word looks like a quiet one; only time tells them apart.
 */
export class SilenceGuard {
  readonly #controller = new AbortController();
  readonly #timers: Timers;
  readonly #silentAfterMs: number;
  readonly #owner: AbortSignal;
  readonly #abort = () => this.#controller.abort(this.#owner.reason);
  #heard: number;
  #cancel: () => void;
  #silent = false;
  #cut = false;

  constructor(timers: Timers, silentAfterMs: number, owner: AbortSignal) {
    this.#timers = timers;
    this.#silentAfterMs = silentAfterMs;
    this.#owner = owner;
    this.#heard = elapsed(timers);
    this.#cancel = this.#arm(silentAfterMs);
    if (owner.aborted) this.#abort();
    owner.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the guard itself ended it. */
  get wasCut(): boolean {
    return this.#cut;
  }

  /** Whether it was ended for silence. */
  get silent(): boolean {
    return this.#silent;
  }

  /** Something was heard. */
  alive(): void {
    this.#heard = elapsed(this.#timers);
  }

  /** Ends it; `reason` is the signal's. */
  cut(reason?: Error): void {
    this.#cut = true;
    this.#controller.abort(reason);
  }

  release(): void {
    this.#cancel();
    this.#owner.removeEventListener("abort", this.#abort);
  }

  /** One timer for many events: it looks when it rings how long the silence really is. */
  #arm(milliseconds: number): () => void {
    return this.#timers.after(milliseconds, () => {
      const left = this.#heard + this.#silentAfterMs - elapsed(this.#timers);
      if (left > 0) {
        this.#cancel = this.#arm(left);
        return;
      }
      this.#silent = true;
      this.cut(new Silence(`nothing was heard for ${this.#silentAfterMs} ms`));
    });
  }
}
