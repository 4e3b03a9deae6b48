// SPDX-License-Identifier: Apache-2.0
import { elapsed, type Timers } from "@strait/time";

/** A cable to a gateway of another cluster. */
export interface JoinLink {
  /** CLUSTER/GATEWAY. */
  readonly key: string;
  /** Whether probes are answered from there, whatever way they and the answers take. */
  readonly answers: boolean;
}

export interface JoinWatchOptions {
  /** Whether this gateway is on standby, and listed as one that joins: then the other clusters send to it once they have heard. */
  readonly waiting: () => boolean;
  readonly links: () => readonly JoinLink[];
  /** Packets that came over that cable so far; 0 where it is not made. */
  readonly arrived: (key: string) => bigint;
  /** Called once all is as it must be. */
  readonly joined: () => void;
  readonly timers: Timers;
}

/** Milliseconds from one look to the next. */
const LOOK_MS = 250;

/** Where nothing can be asked for, so long the others have to hear of a gateway before it takes part. */
const SETTLE_MS = 3000;

/** After so long it does without those that answer and send nothing, if others do: a peer of Submariner's speaks to the leader only. */
const PATIENCE_MS = 30_000;

/**
 * Finds out when a gateway that joins is known to the other clusters. They spread what they send over all gateways that are
 * listed, answers to probes included: whoever's packet came over a cable knows this gateway, and takes what it sends.
 *
 * @example
 * const watch = new JoinWatch({ waiting, links, arrived, joined: () => source.takePart(true), timers });
 * watch.look(); // something changed
 */
export class JoinWatch {
  readonly #options: JoinWatchOptions;
  readonly #before = new Map<string, bigint>();
  #since: number | undefined;
  #missing: readonly string[] = [];
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: JoinWatchOptions) {
    this.#options = options;
  }

  /** The cables that nothing came over yet, though their other ends answer; none while there is hope. */
  get missing(): readonly string[] {
    return this.#missing;
  }

  /** To be called when anything changed. Cheap. */
  look(): void {
    if (this.#stopped || this.#cancel || !this.#options.waiting()) return;
    this.#tick();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #tick(): void {
    this.#cancel = undefined;
    const { waiting, links, arrived, joined, timers } = this.#options;
    if (!waiting()) {
      this.#since = undefined;
      this.#before.clear();
      this.#missing = [];
      return;
    }
    this.#since ??= elapsed(timers);
    const waited = elapsed(timers) - this.#since;
    const all = links();
    const proven = all.filter(({ key }) => {
      const now = arrived(key);
      const before = this.#before.get(key) ?? now;
      this.#before.set(key, before);
      return now > before;
    });
    const missing = all.filter((link) => link.answers && !proven.includes(link)).map(({ key }) => key);
    this.#missing = waited < SETTLE_MS * 3 ? [] : missing;
    const enough = missing.length === 0 || (waited >= PATIENCE_MS && proven.length > 0);
    if (waited >= SETTLE_MS && enough) {
      this.#missing = [];
      joined();
    }
    this.#cancel = timers.after(LOOK_MS, () => this.#tick());
  }
}
