// SPDX-License-Identifier: Apache-2.0
import { type RttSummary, RttWindow } from "./rtt_window.ts";

/** How a target is judged. */
export interface ProbeSettings {
  /** Milliseconds from one probe to the next (SUBMARINER_HEALTHCHECKINTERVAL, in seconds there). */
  readonly intervalMs: number;
  /** Probes in a row that may stay without answer before it is an error (SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT). */
  readonly maxLost: number;
}

/** What Submariner's connections say. */
export type ProbeStatus = "connecting" | "connected" | "error";

/** What is known about a target now. */
export interface ProbeVerdict {
  readonly status: ProbeStatus;
  /** Why it is not connected; empty where it is. */
  readonly message: string;
}

/** How old the newest answer may be, in intervals: one probe may be lost without a word, two in a row may not. */
const FRESH = 2.5;

/** Probes after the start or after a loss that are sent faster, and how much: a new cable is known good in a fraction of an interval. */
const FAST = { count: 5, factor: 5 } as const;

/**
 * The knowledge about one target: an answered probe passed both ways, so `connected` holds only while answers are fresh. Pure:
 * time is an argument (milliseconds, of any clock that only goes forward).
 *
 * ```
 * connecting ──answer──▶ connected ──no answer for 2.5 intervals──▶ connecting ──more than maxLost lost──▶ error
 *                            ▲──────────────────── answer ───────────────┴──────────────────────────────────┘
 * ```
 *
 * @example
 * const probe = new Probe({ intervalMs: 1000, maxLost: 5 }, 0);
 * probe.sent(1, 0);
 * probe.answered(1, 1.2);
 * probe.verdict(2) // {status: "connected", message: ""}
 */
export class Probe {
  readonly #settings: ProbeSettings;
  readonly #window = new RttWindow();
  readonly #open = new Map<number, number>();
  #since: number;
  #answered = false;
  #unanswered = 0;
  #next: number;
  #obstacle: string | undefined;

  constructor(settings: ProbeSettings, now: number) {
    this.#settings = settings;
    this.#since = now;
    this.#next = now;
  }

  /** When the next probe is due. */
  get next(): number {
    return this.#next;
  }

  /** Takes note of a probe that is on its way. */
  sent(key: number, now: number): void {
    const { intervalMs, maxLost } = this.#settings;
    this.#unanswered++;
    const fast = this.#unanswered <= FAST.count && (!this.#answered || now - this.#since > intervalMs);
    this.#next = now + (fast ? intervalMs / FAST.factor : intervalMs);
    this.#open.set(key, now);
    // What is older than maxLost intervals counts as lost; its answer, should it come, says nothing about now.
    for (const [old, at] of this.#open) {
      if (now - at <= (maxLost + 1) * intervalMs) break;
      this.#open.delete(old);
    }
  }

  /** Takes note of why the last probe could not be sent; told until one is answered. It counts as lost. */
  obstacle(reason: string): void {
    this.#obstacle = reason;
  }

  /** Whether an answer with this key would still count. */
  awaits(key: number): boolean {
    return this.#open.has(key);
  }

  /** Takes note of an answer. Returns its round-trip time, or undefined where the key is not of an open probe. */
  answered(key: number, now: number): number | undefined {
    const at = this.#open.get(key);
    if (at === undefined) return undefined;
    this.#open.delete(key);
    this.#window.add(now - at);
    this.#since = now;
    this.#answered = true;
    this.#unanswered = 0;
    this.#obstacle = undefined;
    this.#next = Math.max(this.#next, at + this.#settings.intervalMs);
    return now - at;
  }

  verdict(now: number): ProbeVerdict {
    const { intervalMs, maxLost } = this.#settings;
    const silent = now - this.#since;
    if (this.#answered && silent <= FRESH * intervalMs) return { status: "connected", message: "" };
    const lost = this.#unanswered > maxLost && silent > (maxLost + 1) * intervalMs;
    const why = this.#obstacle === undefined ? "" : ` (${this.#obstacle})`;
    if (lost) return { status: "error", message: `no probe was answered for ${Math.floor(silent / 1000)} s${why}` };
    const waiting = this.#answered ? "the last probes were not answered" : "no probe was answered yet";
    return { status: "connecting", message: `${waiting}${why}` };
  }

  /** Round-trip times; undefined before the first answer. */
  rtt(): RttSummary | undefined {
    return this.#window.summary();
  }
}
