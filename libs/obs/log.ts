// SPDX-License-Identifier: Apache-2.0
import { writeSync } from "node:fs";
import type { LogLevel } from "@strait/model";
import { logfmt } from "./logfmt.ts";

/** What a line may carry besides its message. An Error is printed as its message, without the stack. */
export type LogFields = Readonly<Record<string, unknown>>;

const ORDER: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Where lines go and whence their time comes; a test gives its own. */
export interface LogOptions {
  /** Least level that is written; `setLevel` changes it. "info" when absent. */
  readonly level?: LogLevel;
  /** Fields of every line, for example `{ app: "gateway" }`. */
  readonly fields?: LogFields;
  /** Takes one whole line, newline included; stderr when absent. */
  readonly write?: (line: string) => void;
  /** The time of a line; the clock when absent. */
  readonly now?: () => Date;
}

/**
 * Structured lines: `time=… level=… FIELDS msg="…" FIELDS` in logfmt, one per state change. Messages are constant text; what
 * varies goes into the fields, so that lines can be counted and searched.
 *
 * @example
 * const log = new Log({ fields: { app: "gateway" } });
 * log.info("config read", { path }); // time=2026-01-01T00:00:00.000Z level=info app=gateway msg="config read" path=/etc/strait.yaml
 */
export class Log {
  readonly #shared: { level: LogLevel };
  readonly #fields: LogFields;
  readonly #write: (line: string) => void;
  readonly #now: () => Date;

  constructor(options: LogOptions = {}, shared: { level: LogLevel } = { level: options.level ?? "info" }) {
    this.#shared = shared;
    this.#fields = options.fields ?? {};
    this.#write = options.write ?? writeStderr;
    this.#now = options.now ?? (() => new Date());
  }

  debug(message: string, fields?: LogFields): void {
    this.at("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.at("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.at("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.at("error", message, fields);
  }

  /** As the method named like the level. */
  at(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (ORDER[level] < ORDER[this.#shared.level]) return;
    this.#write(`${logfmt({ time: this.#now(), level, ...this.#fields, msg: message, ...fields })}\n`);
  }

  /** A log whose lines carry these fields too. It shares the level with this one. */
  with(fields: LogFields): Log {
    return new Log({ fields: { ...this.#fields, ...fields }, write: this.#write, now: this.#now }, this.#shared);
  }

  /** Changes the least level of this log and of all that were made by `with`. */
  setLevel(level: LogLevel): void {
    this.#shared.level = level;
  }
}

function writeStderr(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // A reader that is gone or asleep (EPIPE, EAGAIN) must not stop a dataplane; the line is lost, /status still tells.
  }
}
