// SPDX-License-Identifier: Apache-2.0
import { openSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type AppName, appFiles } from "./app_files.ts";
import type { Node } from "./node.ts";

export interface AppOptions {
  /** How long an app may take until /readyz says yes, in milliseconds; 30000 when absent. */
  readonly timeout?: number;
  /** Keys that replace the lab's own in the configuration file. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Added to the app's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * One of Strait's apps, running on a node.
 *
 * @example
 * const app = await lab.startApp("routeagent", node);
 * const status = await app.get("/status");
 * await app.stop();
 */
export class App {
  readonly name: AppName;
  readonly node: Node;
  readonly config: string;
  /** Kept after the app has ended; a later app of the same name on this node appends. */
  readonly logFile: string;
  readonly #child: Bun.Subprocess;
  readonly #socket: string;

  private constructor(name: AppName, node: Node, config: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.node = node;
    this.config = config;
    this.logFile = appFiles(node, name).log;
    this.#socket = appFiles(node, name).socket;
    rmSync(this.#socket, { force: true }); // of an app that was killed: /readyz must be the new one's
    const log = openSync(this.logFile, "a");
    this.#child = Bun.spawn(node.ns.argv(appArgv(name, config)), {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdin: "ignore",
      stdout: log,
      stderr: log,
      detached: true,
    });
    this.#child.unref();
  }

  /** Starts the app; {@link ready} waits until it works. */
  static start(name: AppName, node: Node, config: string, env: Readonly<Record<string, string>> = {}): App {
    return new App(name, node, config, env);
  }

  /** Process id. `ip netns exec` becomes the app, so it is the app's own. */
  get pid(): number {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything the app logged so far. */
  get log(): string {
    return readFileSync(this.logFile, "utf8");
  }

  /** Waits until /readyz answers 200; throws with the end of the log where the app ends or time runs out. */
  async ready(options: AppOptions = {}): Promise<void> {
    const deadline = Date.now() + (options.timeout ?? 30_000);
    for (;;) {
      if (!this.running) throw new Error(`${this.name} on ${this.node.label} ended: ${this.logTail()}`);
      const answer = await this.fetch("/readyz").catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > deadline) {
        throw new Error(
          `${this.name} on ${this.node.label} is not ready: ${(await answer?.text()) ?? "no answer"}\n${this.logTail()}`,
        );
      }
      await Bun.sleep(10);
    }
  }

  /** A request to the app's Unix socket. */
  fetch(path: string): Promise<Response> {
    return fetch(`http://localhost${path}`, { unix: this.#socket });
  }

  /** Body of a 200 answer as text; throws otherwise. */
  async get(path: string): Promise<string> {
    const answer = await this.fetch(path);
    if (!answer.ok) throw new Error(`${this.name} on ${this.node.label}: ${path} answered ${answer.status}`);
    return answer.text();
  }

  /** SIGTERM, then waits for the end. Returns the exit code. */
  async stop(): Promise<number> {
    this.#child.kill("SIGTERM");
    return this.#child.exited;
  }

  /** SIGKILL, then waits for the end. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  /** Exit code, when the app has ended. */
  get exited(): Promise<number> {
    return this.#child.exited;
  }

  /** The last `lines` lines of the log. */
  logTail(lines = 15): string {
    return this.log.trim().split("\n").slice(-lines).join("\n");
  }
}

/** The command line of an app, as a user types it. */
export function appArgv(name: AppName, config: string, ...flags: readonly string[]): string[] {
  return [process.execPath, "run", `${ROOT}apps/${name}/main.ts`, "--config", config, ...flags];
}
