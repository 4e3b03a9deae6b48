// SPDX-License-Identifier: Apache-2.0
import { writeSync } from "node:fs";

/** What a command sees of the world; a test gives its own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes text for stdout: results, nothing else. */
  readonly out: (text: string) => void;
  /** Takes text for stderr: progress beside JSON, errors. */
  readonly err: (text: string) => void;
  /** Whether a person watches stdout, so that a line may be redrawn and a question asked. */
  readonly interactive: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Asks a question and gives the answer; undefined where nobody can answer. */
  readonly ask: (question: string) => string | undefined;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The terminal this process was started from. */
export function processIo(): Io {
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort(new Error("interrupted")));
  process.once("SIGTERM", () => interrupted.abort(new Error("terminated")));
  const interactive = process.stdout.isTTY === true && process.stdin.isTTY === true;
  return {
    env: process.env,
    out: (text) => void writeSync(1, text),
    err: (text) => void writeSync(2, text),
    interactive,
    now: () => Date.now(),
    ask: (question) => (interactive ? (prompt(question) ?? undefined) : undefined),
    signal: interrupted.signal,
  };
}
