// SPDX-License-Identifier: Apache-2.0
import type { Io } from "./io.ts";

/** How a step ended. */
export type Mark = "done" | "warning" | "failed";

const SIGNS: Readonly<Record<Mark, string>> = { done: "✓", warning: "⚠", failed: "✗" };

/** One line of what was done, for `-o json`. */
export interface StepReport {
  readonly step: string;
  readonly result: Mark;
}

/** Errors that ended a step, with all that was done by then; nobody says them twice. */
const told = new WeakMap<object, readonly StepReport[]>();

/**
 * Says what is being done and how it ended, a line each: ` ✓ Created the namespace`. A person sees the line while it is worked on;
 * with JSON the lines go to stderr, so that stdout holds the document alone.
 *
 * @example
 * const steps = new Steps(io, { json: false });
 * await steps.run("Creating the namespace", () => client.apply(namespace), () => "Created the namespace");
 */
export class Steps {
  readonly #io: Io;
  readonly #write: (text: string) => void;
  readonly #redraw: boolean;
  readonly #reports: StepReport[] = [];

  constructor(io: Io, { json, quiet }: { readonly json: boolean; readonly quiet?: boolean }) {
    this.#io = io;
    this.#write = quiet ? () => undefined : json ? io.err : io.out;
    this.#redraw = io.interactive && !json && !quiet;
  }

  /** What was said so far. */
  get reports(): readonly StepReport[] {
    return this.#reports;
  }

  /** Whether a step failed. */
  get failed(): boolean {
    return this.#reports.some((report) => report.result === "failed");
  }

  /** A line of its own. */
  say(result: Mark, step: string): void {
    this.#reports.push({ step, result });
    this.#write(`${this.#redraw ? "\r\x1b[K" : ""} ${SIGNS[result]} ${step}\n`);
  }

  /** A head line, such as `Cluster "east"`. */
  head(text: string): void {
    this.#write(`${text}\n`);
  }

  /** A line about what is under way, which is no step of its own. */
  note(text: string): void {
    this.#write(`${this.#redraw ? "\r\x1b[K" : ""}   ${text}\n`);
  }

  /** What is being waited for now; only a person sees it, and the next line takes its place. */
  progress(text: string): void {
    if (this.#redraw) this.#write(`\r\x1b[K   ${text}`);
  }

  /** Does one thing and says how it ended. What it throws is said and thrown on. */
  async run<T>(doing: string, act: () => Promise<T>, done: (value: T) => string = () => doing): Promise<T> {
    this.progress(doing);
    try {
      const value = await act();
      this.say("done", done(value));
      return value;
    } catch (error) {
      if (this.#io.signal.aborted) this.say("failed", `${doing}: interrupted`);
      else this.say("failed", `${doing}: ${error instanceof Error ? error.message : String(error)}`);
      if (typeof error === "object" && error !== null) told.set(error, this.#reports);
      throw error;
    }
  }

  /** What was done before this error, where the user has read of it as the end of a step. */
  static endedBy(error: Error): readonly StepReport[] | undefined {
    return told.get(error);
  }
}
