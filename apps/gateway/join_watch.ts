// SPDX-License-Identifier: Apache-2.0
import { elapsed, type Timers } from "@strait/time";

/** A cable to a gateway of another cluster. */
export interface JoinLink {
  /** CLUSTER/GATEWAY. */
  readonly key: string;
  /** Whether probes are answered from there, whatever way they and the answers take; undefined while that is not known. */
  readonly answers: boolean | undefined;
  /** Whether the gateway at its other end joins too: such a one sends nothing over its cables before it takes part. */
  readonly joins: boolean;
  /** What came over it so far, and by which of the kernel's counters; undefined where it is not made. */
  readonly arrived: { readonly index: number; readonly rxPackets: bigint } | undefined;
}

export interface JoinWatchOptions {
  /** Whether this gateway is on standby, and listed as one that joins: then the other clusters send to it once they have heard. */
  readonly waiting: () => boolean;
  readonly links: () => readonly JoinLink[];
  /** Called once all is as it must be. */
  readonly joined: () => void;
  readonly timers: Timers;
}

/** Milliseconds from one look to the next. */
const LOOK_MS = 250;

/** Where nothing can be asked for, so long the others have to hear of a gateway before it takes part. */
const SETTLE_MS = 3000;

/**
 * After so long it does without those that answer and send nothing, if others do: a peer of Submariner's speaks to the leader only. And
 * without those of which it is not known whether they answer, and those that join as well: both would wait for ever.
 */
const PATIENCE_MS = 30_000;

/**
 * Finds out when a gateway that joins is known to the other clusters. They spread what they send over all gateways that are
 * listed, answers to probes included: whoever's packet came over a cable knows this gateway, and takes what it sends.
 *
 * @example
 * const watch = new JoinWatch({ waiting, links, joined: () => source.takePart(true), timers });
 * watch.look(); // something changed
 */
export class JoinWatch {
  readonly #options: JoinWatchOptions;
  /** What every cable's counter said when it was first seen: counters outlive cables, and serve others later. */
  readonly #before = new Map<string, NonNullable<JoinLink["arrived"]>>();
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
    const { waiting, links, joined, timers } = this.#options;
    if (!waiting()) {
      this.#since = undefined;
      this.#before.clear();
      this.#missing = [];
      return;
    }
    this.#since ??= elapsed(timers);
    const waited = elapsed(timers) - this.#since;
    const all = links();
    const unproven = all.filter((link) => !this.#proves(link));
    const missing = unproven.filter(({ answers }) => answers === true);
    const undecided = unproven.some(({ answers }) => answers === undefined);
    this.#missing = waited < SETTLE_MS * 3 ? [] : missing.map(({ key }) => key);
    const patient = waited < PATIENCE_MS;
    const enough = patient
      ? missing.length === 0 && !undecided
      : missing.every(({ joins }) => joins) || unproven.length < all.length;
    if (waited >= SETTLE_MS && enough) {
      this.#missing = [];
      joined();
    }
    this.#cancel = timers.after(LOOK_MS, () => this.#tick());
  }

  /** Whether anything came over it since this gateway is listed. */
  #proves({ key, arrived }: JoinLink): boolean {
    if (!arrived) return false;
    const before = this.#before.get(key);
    if (before?.index === arrived.index) return arrived.rxPackets > before.rxPackets;
    this.#before.set(key, arrived);
    return false;
  }
}
