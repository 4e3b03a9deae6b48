// SPDX-License-Identifier: Apache-2.0
import type { Dataplane } from "@strait/dataplane";
import { type ClusterFile, ok, type Problem, type Result, refuse } from "@strait/model";
import { Health, type Log, Metrics, StateLog, statusApp } from "@strait/obs";
import type { AppSpec, System } from "./app.ts";
import type { ConfigWatch } from "./config_watch.ts";
import { defaultListen, Endpoint } from "./endpoint.ts";
import { NodeLoop } from "./node_loop.ts";
import { type NodeMetrics, registerNodeMetrics } from "./node_metrics.ts";
import { NodeState } from "./node_state.ts";
import type { NodeView } from "./node_status.ts";
import { oncePerTurn } from "./once_per_turn.ts";
import type { RunOptions } from "./options.ts";

/** What an app runs with. The config was read and accepted. */
export interface NodeAppOptions {
  readonly config: ConfigWatch;
  readonly log: Log;
  readonly options: RunOptions;
}

/**
 * An app that keeps a node: config, endpoints, dataplane and loop, wired together.
 *
 * @example
 * const app = new NodeApp(spec, system, { config, log, options });
 * const started = await app.start();
 * await app.stop(); // the node goes on forwarding
 */
export class NodeApp {
  readonly #spec: AppSpec;
  readonly #system: System;
  readonly #config: ConfigWatch;
  readonly #log: Log;
  readonly #options: RunOptions;
  readonly #startedAt: number;
  readonly #state = new NodeState();
  readonly #states: StateLog;
  readonly #endpoint: Endpoint;
  readonly #observer: NodeMetrics;
  readonly #counters = oncePerTurn(() => this.#dataplane?.counters() ?? { reasons: [], traffic: new Map() });
  #endpointProblem: Problem | undefined;
  #dataplane: Dataplane | undefined;
  #loop: NodeLoop | undefined;

  constructor(spec: AppSpec, system: System, { config, log, options }: NodeAppOptions) {
    this.#spec = spec;
    this.#system = system;
    this.#config = config;
    this.#log = log;
    this.#options = options;
    this.#startedAt = system.timers.now();
    this.#states = new StateLog(log);
    const metrics = new Metrics();
    this.#observer = registerNodeMetrics(metrics, () => this.#view());
    const health = new Health();
    health.ready("dataplane", () => this.#readiness());
    const onError = (error: unknown): void => log.error("status cannot be told", { error });
    this.#endpoint = new Endpoint(statusApp({ health, metrics, status: () => spec.status(this.#view()), onError }));
  }

  /** Listens, opens the dataplane, begins the first pass. The refusal says why this node cannot do it. */
  async start(): Promise<Result<string>> {
    const file = this.#file();
    const { name, owner, version, wiring } = this.#spec;
    this.#log.setLevel(this.#options.log ?? file.log);
    // The endpoint first: it tells a second process of the same app before that touches what the first one keeps.
    const at = await this.#endpoint.moveTo(this.#place(file));
    if (!at.ok) return at;
    const { cluster, node, pinDir } = file;
    this.#log.info("starting", { version, config: this.#config.path, cluster, node, listen: at.value });
    const { objectPath } = this.#options;
    try {
      this.#dataplane = await wiring.open({ pinDir, owner, ...(objectPath !== undefined && { objectPath }), log: this.#log });
    } catch (error) {
      return refuse(error instanceof Error ? error.message : `${name} cannot open the dataplane: ${error}`);
    }
    this.#loop = new NodeLoop({
      dataplane: this.#dataplane,
      plan: wiring.plan,
      file: () => this.#lookAgain(),
      state: this.#state,
      observer: this.#observer,
      log: this.#log,
      timers: this.#system.timers,
    });
    this.#config.onChange = () => this.#configChanged();
    this.#config.start();
    this.#loop.start();
    return at;
  }

  /** Reads the config again and makes a pass, whether or not it changed. */
  reload(cause: string): void {
    this.#log.info("reading the config again", { why: cause });
    this.#config.read();
    this.#loop?.request(cause);
  }

  /** Ends the loop and the endpoints and lets go of the dataplane, which goes on. */
  async stop(): Promise<void> {
    await this.#loop?.stop();
    this.#config.close();
    await this.#endpoint.stop();
    this.#dataplane?.close();
    this.#dataplane = undefined;
  }

  #file(): ClusterFile {
    if (!this.#config.file) throw new TypeError("no config was accepted yet");
    return this.#config.file;
  }

  #place(file: ClusterFile) {
    return this.#options.listen ?? file.listen ?? defaultListen(this.#spec.name);
  }

  /** A watch that was lost with its folder is set up again by the next pass, at the latest by the resync. */
  #lookAgain(): ClusterFile {
    this.#config.start();
    this.#config.read();
    return this.#file();
  }

  #configChanged(): void {
    const reason = this.#config.reasons.join("; ");
    if (reason) {
      this.#states.set("config", reason, "error", "config refused; the old one stays in force", { reason });
      return;
    }
    this.#states.clear("config", "config is good again");
    this.#log.info("config read", { config: this.#config.path });
    const file = this.#file();
    this.#log.setLevel(this.#options.log ?? file.log);
    void this.#endpoint.moveTo(this.#place(file)).then((moved) => {
      this.#endpointProblem = moved.ok ? undefined : { object: "listen", reason: moved.reason };
    });
    this.#loop?.request("config");
  }

  #readiness(): Result<boolean> {
    const { ready, error, applied } = this.#state;
    if (ready) return ok(true);
    if (error !== undefined) return refuse(error);
    if (!applied) return refuse("nothing was applied yet");
    return refuse(applied.report.failures.map(({ object, reason }) => `${object}: ${reason}`).join("; "));
  }

  #view(): NodeView {
    const { name: app, version, owner } = this.#spec;
    return {
      app,
      version,
      owner,
      startedAt: this.#startedAt,
      config: { path: this.#config.path, file: this.#file(), reasons: this.#config.reasons },
      state: this.#state,
      counters: this.#counters(),
      problems: this.#endpointProblem ? [this.#endpointProblem] : [],
    };
  }
}
