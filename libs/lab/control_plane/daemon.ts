// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import type { Namespace } from "../namespace.ts";

export interface DaemonSpec {
  /** Names the log file and stands in messages. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Folder of its log, and its working directory. */
  readonly dir: string;
  /** Network namespace to run in; this process' own where absent. */
  readonly ns?: Namespace | undefined;
  /** Goes on when this process ends. A daemon that does not is killed by the kernel with its owner, whatever ended that. */
  readonly outlive?: boolean | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * A program that runs until it is ended, with its output in `<dir>/<name>.log`.
 *
 * @example
 * const etcd = new Daemon({ name: "etcd", argv: ["etcd", "--data-dir", dir], dir });
 * await etcd.stop();
 */
export class Daemon {
  readonly name: string;
  readonly logFile: string;
  readonly #child: Bun.Subprocess;

  constructor({ name, argv, dir, ns, outlive, env }: DaemonSpec) {
    this.name = name;
    this.logFile = `${dir}/${name}.log`;
    const inside = ns === undefined ? argv : ns.argv(argv);
    const log = openSync(this.logFile, "a");
    this.#child = Bun.spawn(outlive ? [...inside] : ["setpriv", "--pdeathsig", "KILL", "--", ...inside], {
      cwd: dir,
      env: { ...process.env, ...env },
      stdin: "ignore",
      stdout: log,
      stderr: log,
      detached: true, // a Ctrl-C in the terminal is its owner's to handle
    });
    closeSync(log);
    this.#child.unref();
  }

  /** setpriv and `ip netns exec` become the program, so this is the program's own. */
  get pid(): number {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Settles when it has ended. */
  get ended(): Promise<unknown> {
    return this.#child.exited;
  }

  /** SIGKILL, then waits for the end. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  /** SIGTERM, and SIGKILL to what still runs after `graceMs`; then waits for the end. */
  async stop(graceMs = 5_000): Promise<void> {
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), graceMs);
    await this.#child.exited;
    clearTimeout(late);
  }

  /** The last `lines` lines of its log, of earlier runs too. */
  logTail(lines = 15): string {
    if (!existsSync(this.logFile)) return "";
    return readFileSync(this.logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }
}
