// SPDX-License-Identifier: Apache-2.0
import { type FSWatcher, lstatSync, readFileSync, statSync, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { ClusterFile } from "@strait/model";
import type { Timers } from "@strait/time";
import type { NodeSource } from "./node_source.ts";

/** What a text says: a config, or why it is none, one sentence each with FILE:LINE where there is one. */
export type Parsed =
  | { readonly ok: true; readonly file: ClusterFile }
  | { readonly ok: false; readonly reasons: readonly string[] };

/** What a look at the file brought. */
export type Reading = "same" | "accepted" | "refused";

export interface ConfigWatchOptions {
  readonly timers: Timers;
  /** Reads a text. `current` is the config in force, for what may not change while the app runs. */
  readonly parse: (text: string, path: string, current: ClusterFile | undefined) => Parsed;
  /** Milliseconds from the first sign of a change to the look. 50 when absent. */
  readonly debounce?: number;
}

const MAX_BYTES = 16 << 20;

/**
 * A config file in force: its last good contents, and why the present ones are refused, if they are. Nothing but a good file
 * ever replaces a good one.
 *
 * The folder is watched, not the file: editors and Kubernetes replace files by renaming.
 *
 * @example
 * const config = new ConfigWatch("/etc/strait.yaml", { timers: systemTimers, parse });
 * if (config.read() !== "accepted") exit(config.reasons);
 * config.onChange = () => loop.request("config");
 * config.start();
 */
export class ConfigWatch implements NodeSource {
  readonly path: string;
  /** Told after a look that brought something new. */
  onChange: (reading?: "accepted" | "refused") => void = () => {};
  readonly #options: ConfigWatchOptions;
  #file: ClusterFile | undefined;
  #reasons: readonly string[] = [];
  #seen: string | undefined;
  #watcher: FSWatcher | undefined;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(path: string, options: ConfigWatchOptions) {
    this.path = resolve(path);
    this.#options = options;
  }

  get origin(): string {
    return this.path;
  }

  /** The last good contents; undefined before the first. */
  get file(): ClusterFile | undefined {
    return this.#file;
  }

  /** Why the present contents are refused; empty where they are in force. */
  get reasons(): readonly string[] {
    return this.#reasons;
  }

  /** Looks at the file now. */
  read(): Reading {
    this.#cancel?.();
    this.#cancel = undefined;
    const contents = readText(this.path);
    const seen = contents.ok ? `text ${contents.text}` : `error ${contents.reason}`;
    if (seen === this.#seen) return "same";
    this.#seen = seen;
    const parsed: Parsed = contents.ok
      ? this.#options.parse(contents.text, this.path, this.#file)
      : { ok: false, reasons: [contents.reason] };
    this.#reasons = parsed.ok ? [] : parsed.reasons;
    if (parsed.ok) this.#file = parsed.file;
    const reading = parsed.ok ? "accepted" : "refused";
    this.onChange(reading);
    return reading;
  }

  /**
   * Begins to watch; `read` alone works without. Safe to call again: where the watch was lost, for example with its folder,
   * it is set up anew. Returns whether it watches.
   */
  start(): boolean {
    if (this.#closed) return false;
    if (this.#watcher) return true;
    try {
      const watcher = watch(dirname(this.path), { persistent: false }, (_, name) => this.#noticed(name));
      watcher.on("error", () => this.#lost());
      this.#watcher = watcher;
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#lost();
  }

  #noticed(name: string | null): void {
    if (name === basename(dirname(this.path)))
      this.#lost(); // The folder itself went; the next start watches its successor.
    else if (name !== null && name !== basename(this.path) && !isLink(this.path)) return;
    this.#cancel ??= this.#options.timers.after(this.#options.debounce ?? 50, () => {
      this.start();
      this.read();
    });
  }

  #lost(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}

/** A link's target may be replaced under any name (Kubernetes swaps `..data`), so every event counts for one. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function readText(path: string): { ok: true; text: string } | { ok: false; reason: string } {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return { ok: false, reason: `${path}: it is no regular file: name the config file itself` };
    if (stat.size > MAX_BYTES)
      return { ok: false, reason: `${path}: it has ${stat.size} bytes: a config has at most ${MAX_BYTES}` };
    return { ok: true, text: readFileSync(path, "utf8") };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT")
      return { ok: false, reason: `${path}: there is no such file: create it or name another with --config` };
    return { ok: false, reason: `${path}: it cannot be read (${code ?? String(error)}): check its permissions` };
  }
}
