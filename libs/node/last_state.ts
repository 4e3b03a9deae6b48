// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  type ClusterFile,
  type NodeSpec,
  plainClusterFile,
  plainNode,
  type Result,
  readPlainClusterFile,
  refuse,
} from "@strait/model";
import { type Log, StateLog } from "@strait/obs";
import type { Timers } from "@strait/time";
import type { NodeSource } from "./node_source.ts";

/** Where an app keeps what it worked by last; STRAIT_STATE_DIR says where else. */
export function lastStatePath(app: string, env: Readonly<Record<string, string | undefined>>): string {
  return `${env["STRAIT_STATE_DIR"] || "/run/strait"}/${app}.json`;
}

/**
 * Removes what apps kept of a node that Strait leaves: who joins again must not start from what was.
 *
 * @returns the files that were there
 */
export function forgetLast(apps: readonly string[], env: Readonly<Record<string, string | undefined>>): string[] {
  return apps
    .map((app) => lastStatePath(app, env))
    .filter((path) => {
      const there = existsSync(path);
      rmSync(path, { force: true });
      return there;
    });
}

const MAX_BYTES = 64 << 20;

/**
 * Layout of the file. The first one says nothing of it, as versions that know no other refuse unknown keys; a later one is to carry
 * the key `layout`.
 */
const LAYOUT = 1;

function laterLayout(plain: unknown): unknown {
  const layout = typeof plain === "object" && plain !== null && "layout" in plain ? plain.layout : LAYOUT;
  return layout === LAYOUT ? undefined : layout;
}

/**
 * What an app of this node worked by last, so that one that starts while the API server is away goes on from there. Total: a
 * file that is not there, is somebody else's, or does not say this, is refused with a reason.
 */
export function recallLast(path: string, own: Pick<ClusterFile, "cluster" | "node">): Result<ClusterFile> {
  let plain: unknown;
  try {
    const { size, uid } = statSync(path);
    if (size > MAX_BYTES) return refuse(`${path} has ${size} bytes: the last state has at most ${MAX_BYTES}`);
    if (uid !== process.geteuid?.()) return refuse(`${path} is user ${uid}'s and not ours`);
    plain = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return refuse(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const later = laterLayout(plain);
  if (later !== undefined) {
    return refuse(
      `${path} was written by a later version of Strait (layout ${later}, and this one knows ${LAYOUT}): start that version, or wait for the API server, before which this one touches nothing`,
    );
  }
  const read = readPlainClusterFile(plain);
  if (!read.ok) return refuse(`${path}: ${read.reason}`);
  const { cluster, node } = read.value;
  if (cluster === own.cluster && node === own.node) return read;
  return refuse(`${path} is of node ${node} of cluster ${cluster}, and this is ${own.node} of ${own.cluster}`);
}

export interface RememberOptions {
  readonly timers: Timers;
  readonly log: Log;
}

/** Milliseconds from a change to the disk, so that a start's many changes are one write. */
const DELAY = 500;

/**
 * Milliseconds to the next write for each byte of the last one: at 100 000 pods the file has megabytes, which take some milliseconds
 * each. Not by the clock: on a busy machine a small file would be old for many seconds, and who starts from it would take away
 * what came meanwhile.
 */
const PER_BYTE = 0.001;

/**
 * Keeps a source's value on disk (mode 0600, replaced by renaming), soon after each change and at the end. What cannot be
 * written is told once; it keeps nothing from working.
 *
 * @example
 * const source = rememberLast(member, "/run/strait/gateway.json", { timers: systemTimers, log });
 */
export function rememberLast(source: NodeSource, path: string, options: RememberOptions): NodeSource {
  return new RememberedSource(source, path, options);
}

class RememberedSource implements NodeSource {
  readonly #source: NodeSource;
  readonly #path: string;
  readonly #timers: Timers;
  readonly #states: StateLog;
  onChange: () => void = () => {};
  #written: ClusterFile | undefined;
  readonly #texts = new WeakMap<NodeSpec, string>();
  #delay = DELAY;
  #cancel: (() => void) | undefined;

  constructor(source: NodeSource, path: string, { timers, log }: RememberOptions) {
    this.#source = source;
    this.#path = path;
    this.#timers = timers;
    this.#states = new StateLog(log);
    this.#written = source.file;
    source.onChange = () => this.#changed();
  }

  get origin(): string {
    return this.#source.origin;
  }

  get file(): ClusterFile | undefined {
    return this.#source.file;
  }

  get reasons(): readonly string[] {
    return this.#source.reasons;
  }

  start(): void {
    this.#source.start();
  }

  read(): void {
    this.#source.read();
  }

  close(): void {
    this.#source.close();
    this.#cancel?.();
    this.#cancel = undefined;
    this.#write();
  }

  /** The text of a node that did not change is not made again. */
  #text(file: ClusterFile): string {
    const { nodes, ...rest } = plainClusterFile({ ...file, nodes: [] }) as { nodes: unknown };
    const texts = file.nodes.map((node) => {
      const known = this.#texts.get(node);
      if (known !== undefined) return known;
      const text = JSON.stringify(plainNode(node));
      this.#texts.set(node, text);
      return text;
    });
    return `${JSON.stringify(rest).slice(0, -1)},"nodes":[${texts.join()}]}`;
  }

  #changed(): void {
    if (this.file !== this.#written) this.#cancel ??= this.#timers.after(this.#delay, () => this.#write());
    this.onChange();
  }

  #write(): void {
    this.#cancel = undefined;
    const { file } = this;
    if (!file || file === this.#written) return;
    this.#written = file;
    let bytes = 0;
    const next = `${this.#path}.next`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      rmSync(next, { force: true });
      const text = this.#text(file);
      bytes = text.length;
      writeFileSync(next, text, { mode: 0o600, flag: "wx" });
      renameSync(next, this.#path);
      this.#states.clear("last state", "the last state can be kept again");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#states.set("last state", reason, "warn", "the last state cannot be kept: a restart needs the API server", { reason });
    }
    this.#delay = Math.max(DELAY, bytes * PER_BYTE);
  }
}
