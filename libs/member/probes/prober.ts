// SPDX-License-Identifier: Apache-2.0

import { type Address, type Result, sameAddress } from "@strait/model";
import { elapsed, type Timers } from "@strait/time";
import { Probe, type ProbeSettings, type ProbeVerdict } from "./probe.ts";
import type { RttSummary } from "./rtt_window.ts";

/** Whom to probe, from where. */
export interface ProbeTarget {
  readonly to: Address;
  /** An own address that the target's cluster can answer to; the kernel's choice where absent. */
  readonly from?: Address;
}

/** Sends echo requests: the thin part, which the app injects (libs/dataplane has one over raw sockets). */
export interface PingSender {
  ping(ping: { readonly to: Address; readonly from?: Address; readonly key: number }): Promise<Result<true>>;
  close(): void;
}

/** Makes a sender that tells the key of each request that was answered. */
export type OpenPings = (answered: (key: number) => void) => PingSender;

/** What is known about a target. */
export interface ProbeReport extends ProbeVerdict {
  /** In milliseconds; undefined before the first answer. */
  readonly rtt: RttSummary | undefined;
}

export interface ProberOptions extends ProbeSettings {
  readonly open: OpenPings;
  readonly timers: Timers;
  /** Told after the status of a target changed. */
  readonly onChange?: () => void;
}

interface Entry {
  readonly target: ProbeTarget;
  readonly probe: Probe;
  told: ProbeVerdict["status"];
}

/** Due times this close are served by one wake-up: hundreds of targets must not mean hundreds of timers. */
const GATHER_MS = 20;

/**
 * Probes a set of targets by key, one echo request each per interval, and knows which are connected. One timer serves all.
 *
 * @example
 * const prober = new Prober({ open: openPinger, timers: systemTimers, intervalMs: 1000, maxLost: 5, onChange });
 * prober.setTargets(new Map([["west/gw1", { to: address("10.2.0.1"), from: address("10.1.0.1") }]]));
 * prober.report("west/gw1") // {status: "connecting", message: "no probe was answered yet", rtt: undefined}
 * prober.close();
 */
export class Prober {
  readonly #options: ProberOptions;
  readonly #sender: PingSender;
  readonly #entries = new Map<string, Entry>();
  /** Key of a probe on its way → whose it is. */
  readonly #sent = new Map<number, Entry>();
  #key = 0;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#sender = options.open((key) => this.#answered(key));
  }

  /** Probes these from now on. A target that stays as it was keeps what is known about it; another one starts anew. */
  setTargets(targets: ReadonlyMap<string, ProbeTarget>): void {
    if (this.#closed) return;
    for (const [key, { target }] of this.#entries) {
      const wanted = targets.get(key);
      if (!wanted || !sameTarget(wanted, target)) this.#entries.delete(key);
    }
    for (const [key, target] of targets) {
      if (this.#entries.has(key)) continue;
      const probe = new Probe(this.#options, this.#now());
      this.#entries.set(key, { target, probe, told: "connecting" });
    }
    this.#schedule();
  }

  /** Undefined where nothing of that key is probed. */
  report(key: string): ProbeReport | undefined {
    const entry = this.#entries.get(key);
    return entry && { ...entry.probe.verdict(this.#now()), rtt: entry.probe.rtt() };
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#entries.clear();
    this.#sent.clear();
    this.#sender.close();
  }

  #now(): number {
    return elapsed(this.#options.timers);
  }

  #schedule(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#closed || this.#entries.size === 0) return;
    const next = Math.min(...[...this.#entries.values()].map(({ probe }) => probe.next));
    this.#cancel = this.#options.timers.after(Math.max(0, Math.ceil(next - this.#now())), () => this.#tick());
  }

  #tick(): void {
    const now = this.#now();
    for (const entry of this.#entries.values()) if (entry.probe.next <= now + GATHER_MS) this.#ping(entry, now);
    for (const [key, entry] of this.#sent) {
      if (!entry.probe.awaits(key)) this.#sent.delete(key);
    }
    this.#tell(now);
    this.#schedule();
  }

  #ping(entry: Entry, now: number): void {
    this.#key = (this.#key + 1) >>> 0;
    const key = this.#key;
    entry.probe.sent(key, now);
    this.#sent.set(key, entry);
    const { to, from } = entry.target;
    void this.#sender.ping(from ? { to, from, key } : { to, key }).then(
      (sent) => {
        if (!sent.ok) entry.probe.obstacle(sent.reason);
      },
      (error) => entry.probe.obstacle(error instanceof Error ? error.message : String(error)),
    );
  }

  #answered(key: number): void {
    const entry = this.#sent.get(key);
    const now = this.#now();
    if (entry?.probe.answered(key, now) === undefined) return;
    this.#sent.delete(key);
    if (entry.told !== "connected") this.#tell(now);
  }

  #tell(now: number): void {
    let changed = false;
    for (const entry of this.#entries.values()) {
      const { status } = entry.probe.verdict(now);
      changed ||= status !== entry.told;
      entry.told = status;
    }
    if (changed) this.#options.onChange?.();
  }
}

function sameTarget(a: ProbeTarget, b: ProbeTarget): boolean {
  const from = a.from && b.from ? sameAddress(a.from, b.from) : a.from === b.from;
  return from && sameAddress(a.to, b.to);
}
