// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Owner, Planner } from "@strait/model";
import { Log } from "@strait/obs";
import { systemTimers } from "@strait/time";
import type { AppSpec } from "../app.ts";
import type { AppContext, AppParts } from "../extra.ts";
import { NodeApp } from "../node_app.ts";
import { parseOptions } from "../options.ts";
import { FakeDataplane, type FakeKernel } from "./fake_dataplane.ts";

/** What a test decides about an app. */
export interface AppInProcessOptions {
  readonly name: string;
  readonly owner: Owner;
  readonly kernel: FakeKernel;
  readonly planner: () => Planner;
  readonly status: AppSpec["status"];
  /** Text of the kubeconfig. */
  readonly kubeconfig: string;
  /** Added to KUBECONFIG and STRAIT_STATE_DIR. */
  readonly env: Readonly<Record<string, string>>;
  /** Of a process that this one goes on with; a new one when absent. */
  readonly folder?: string;
}

/**
 * An app of a node in this process, without a kernel: its folder, its socket and its log. What it works by is given at the start.
 *
 * @example
 * const app = new AppInProcess({ name: "gateway", owner: "gateway", kernel, planner, status, kubeconfig, env });
 * await app.start(parts);
 * await app.status();
 * await app.stop();
 */
export class AppInProcess {
  readonly folder: string;
  log = "";
  readonly #socket: string;
  readonly #app: NodeApp;
  #stopped: Promise<void> | undefined;

  constructor({ name, owner, kernel, planner, status, kubeconfig, env, folder }: AppInProcessOptions) {
    this.folder = folder ?? mkdtempSync(join(tmpdir(), `st-${name}-`));
    this.#socket = join(this.folder, `${name}.sock`);
    const file = join(this.folder, "config");
    writeFileSync(file, kubeconfig);
    const wiring: AppSpec["wiring"] = {
      planner,
      open: async () => new FakeDataplane(kernel),
      uninstall: async () => ({ removed: [] }),
      trace: async () => {},
    };
    const all = { KUBECONFIG: file, STRAIT_STATE_DIR: this.folder, ...env };
    const options = parseOptions(["--listen", `unix:${this.#socket}`], all);
    if (!options.ok || options.value.action !== "run") throw new Error("the options of a test are wrong");
    const system = { argv: [], env: all, out: () => true, err: () => {}, timers: systemTimers, onSignal: () => () => {} };
    const log = new Log({
      level: "debug",
      write: (line) => {
        this.log += line;
      },
    });
    this.#app = new NodeApp({ name, owner, version: "1.2.3", purpose: "Tests.", wiring, status }, system, {
      log,
      options: options.value,
    });
  }

  get context(): AppContext {
    return this.#app.context;
  }

  /** @throws Error where it refuses */
  async start(parts: AppParts): Promise<void> {
    const started = await this.#app.start(parts);
    if (!started.ok) throw new Error(started.reason);
  }

  /** The body of /status. */
  async status(): Promise<unknown> {
    return (await this.#get("/status")).json();
  }

  async metrics(): Promise<string> {
    return (await this.#get("/metrics")).text();
  }

  /** Ends it as SIGTERM does. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#app.stop();
    await this.#stopped;
  }

  /** Removes its folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #get(path: string): Promise<Response> {
    return fetch(`http://localhost${path}`, { unix: this.#socket });
  }
}
