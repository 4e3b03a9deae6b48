// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import type { Dataplane } from "@strait/dataplane";
import { type ClusterFile, emptyRows, ok, type Problem, type Result, refuse } from "@strait/model";
import { Health, type Log, Metrics, StateLog, statusApp } from "@strait/obs";
import type { AppSpec, System } from "./app.ts";
import { defaultListen, Endpoint } from "./endpoint.ts";
import type { AppContext, AppParts, Extra } from "./extra.ts";
import { lastStatePath, recallLast } from "./last_state.ts";
import { NodeLoop } from "./node_loop.ts";
import { type NodeMetrics, registerNodeMetrics } from "./node_metrics.ts";
import type { NodeSource } from "./node_source.ts";
import { NodeState } from "./node_state.ts";
import { type NodeView, shortened, waitingFor } from "./node_status.ts";
import { oncePerTurn } from "./once_per_turn.ts";
import type { RunOptions } from "./options.ts";

/** What an app runs with, whatever it works by. */
export interface NodeAppOptions {
  readonly log: Log;
  readonly options: RunOptions;
}

/**
 * An app that keeps a node: source, endpoints, dataplane, loop and what runs beside it, wired together. Where the source has
 * nothing yet the app answers and waits, and touches nothing on the node.
 *
 * @example
 * const app = new NodeApp(spec, system, { log, options });
 * const started = await app.start({ source: config, extras: [] });
 * await app.stop(); // the node goes on forwarding
 */
export class NodeApp {
  readonly #spec: AppSpec;
  readonly #system: System;
  readonly #log: Log;
  readonly #options: RunOptions;
  readonly #startedAt: number;
  readonly #state = new NodeState();
  readonly #states: StateLog;
  readonly #endpoint: Endpoint;
  readonly #observer: NodeMetrics;
  readonly #health = new Health();
  readonly #metrics = new Metrics();
  readonly #counters = oncePerTurn(() => this.#dataplane?.counters() ?? { reasons: [], traffic: new Map() });
  readonly #failed = Promise.withResolvers<string>();
  #source: NodeSource | undefined;
  /** The newest value the loop was told of. */
  #taken: ClusterFile | undefined;
  #extras: readonly Extra[] = [];
  #endpointProblem: Problem | undefined;
  #opening: Promise<Result<true>> | undefined;
  #stopped = false;
  #dataplane: Dataplane | undefined;
  #loop: NodeLoop | undefined;

  constructor(spec: AppSpec, system: System, { log, options }: NodeAppOptions) {
    this.#spec = spec;
    this.#system = system;
    this.#log = log;
    this.#options = options;
    this.#startedAt = system.timers.now();
    this.#states = new StateLog(log);
    this.#observer = registerNodeMetrics(this.#metrics, () => this.#view());
    this.#health.ready("dataplane", () => this.#readiness());
    const onError = (error: unknown): void => log.error("status cannot be told", { error });
    const [health, metrics] = [this.#health, this.#metrics];
    this.#endpoint = new Endpoint(statusApp({ health, metrics, status: () => this.#status(), onError }));
  }

  /** For the parts that are made for this app. */
  get context(): AppContext {
    return {
      env: this.#system.env,
      options: this.#options,
      version: this.#spec.version,
      log: this.#log,
      timers: this.#system.timers,
      metrics: this.#metrics,
      state: this.#state,
      counters: this.#counters,
      present: () => this.#dataplane?.present() ?? emptyRows(),
      recall: (own) => this.#recall(own),
      request: (cause, delay) => this.#loop?.request(cause, delay),
      fail: (reason) => this.#failed.resolve(reason),
    };
  }

  /** Why the app cannot go on, once it cannot: this node cannot do it, and that was found only after the start. */
  get failed(): Promise<string> {
    return this.#failed.promise;
  }

  /**
   * Listens, opens the dataplane and begins the first pass, or waits with both until the source has something. The refusal says
   * why this node cannot do it.
   */
  async start({ source, extras }: AppParts): Promise<Result<string>> {
    this.#source = source;
    this.#extras = extras;
    for (const extra of extras) if (extra.readiness) this.#health.ready(extra.name, () => extra.readiness?.() ?? ok(true));
    const { file, origin: config } = source;
    this.#taken = file;
    this.#setLevel(file);
    // The endpoint first: it tells a second process of the same app before that touches what the first one keeps.
    const at = await this.#endpoint.moveTo(this.#place(file));
    if (!at.ok) return at;
    const { version } = this.#spec;
    this.#log.info("starting", { version, config, cluster: file?.cluster, node: file?.node, listen: at.value });
    if (file) {
      const opened = await this.#open(file);
      if (!opened.ok) return opened;
    } else this.#log.info("waiting", { reason: waitingFor(source) });
    source.onChange = () => this.#sourceChanged();
    source.start();
    for (const extra of extras) extra.start();
    this.#loop?.start();
    return at;
  }

  /** Reads the source again and makes a pass, whether or not it changed. */
  reload(cause: string): void {
    this.#log.info("reading the config again", { why: cause });
    this.#source?.read();
    this.#loop?.request(cause);
  }

  /** Ends the loop, what runs beside it and the endpoints, and lets go of the dataplane, which goes on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#opening;
    await this.#loop?.stop();
    await Promise.all(this.#extras.map((extra) => extra.stop()));
    this.#source?.close();
    await this.#endpoint.stop();
    this.#dataplane?.close();
    this.#dataplane = undefined;
  }

  #recall(own: Pick<ClusterFile, "cluster" | "node">): ClusterFile | undefined {
    const path = lastStatePath(this.#spec.name, this.#system.env);
    const last = recallLast(path, own);
    if (last.ok) return last.value;
    // A node that joins has none; where there is one that cannot be read, someone is to know it.
    this.#log.at(existsSync(path) ? "warn" : "debug", "there is no last state to go on from", { reason: last.reason });
    return undefined;
  }

  #open(file: ClusterFile): Promise<Result<true>> {
    this.#opening ??= this.#openDataplane(file);
    return this.#opening;
  }

  async #openDataplane({ pinDir }: ClusterFile): Promise<Result<true>> {
    const { name, owner, version, wiring } = this.#spec;
    const { objectPath, kubernetes } = this.#options;
    const common = { pinDir, owner, version, probes: kubernetes !== undefined, log: this.#log };
    try {
      this.#dataplane = await wiring.open({ ...common, ...(objectPath !== undefined && { objectPath }) });
    } catch (error) {
      return refuse(error instanceof Error ? error.message : `${name} cannot open the dataplane: ${error}`);
    }
    this.#loop = new NodeLoop({
      dataplane: this.#dataplane,
      planner: wiring.planner,
      file: () => this.#lookAgain(),
      state: this.#state,
      observer: this.#observer,
      applied: () => {
        for (const extra of this.#extras) extra.applied?.();
      },
      log: this.#log,
      timers: this.#system.timers,
    });
    return ok(true);
  }

  #setLevel(file: ClusterFile | undefined): void {
    this.#log.setLevel(this.#options.log ?? file?.log ?? "info");
  }

  #place(file: ClusterFile | undefined) {
    return this.#options.listen ?? file?.listen ?? defaultListen(this.#spec.name);
  }

  /** A watch that was lost with its folder is set up again by the next pass, at the latest by the resync. */
  #lookAgain(): ClusterFile {
    this.#source?.start();
    this.#source?.read();
    if (!this.#source?.file) throw new TypeError("no config was accepted yet");
    return this.#source.file;
  }

  #sourceChanged(): void {
    const { file, origin: config, reasons } = this.#source ?? { origin: "", reasons: [] };
    this.#tellReasons(file, shortened(reasons));
    if (!file || file === this.#taken) return;
    this.#taken = file;
    // In Kubernetes every pod that comes or goes is such a change.
    this.#log.at(this.#options.kubernetes ? "debug" : "info", "config read", { config });
    this.#setLevel(file);
    void this.#endpoint.moveTo(this.#place(file)).then((moved) => {
      this.#endpointProblem = moved.ok ? undefined : { object: "listen", reason: moved.reason };
    });
    if (this.#loop) this.#loop.request("config");
    else void this.#open(file).then((opened) => this.#opened(opened));
  }

  #tellReasons(file: ClusterFile | undefined, reason: string): void {
    if (!reason) this.#states.clear("config", "config is good again");
    else if (!file) this.#states.set("config", reason, "warn", "waiting", { reason });
    else if (file === this.#taken && this.#options.kubernetes) {
      // Most often an API server that is away for a while, which is nobody's mistake.
      this.#states.set("config", reason, "warn", "not all of the cluster can be followed; what was known stays in force", {
        reason,
      });
    } else if (file === this.#taken) {
      this.#states.set("config", reason, "error", "config refused; the old one stays in force", { reason });
    } else this.#states.set("config", reason, "error", "part of the config is refused; the rest is in force", { reason });
  }

  /** Of a source whose first value came after the start. */
  #opened(opened: Result<true>): void {
    if (!opened.ok) this.#failed.resolve(opened.reason);
    else if (!this.#stopped) this.#loop?.start();
  }

  #readiness(): Result<boolean> {
    const { ready, error, applied } = this.#state;
    if (ready) return ok(true);
    if (error !== undefined) return refuse(error);
    if (this.#source && !this.#source.file) return refuse(waitingFor(this.#source));
    if (!applied) return refuse("nothing was applied yet");
    return refuse(applied.report.failures.map(({ object, reason }) => `${object}: ${reason}`).join("; "));
  }

  #status(): unknown {
    const told = this.#extras.flatMap((extra) => (extra.status ? [[extra.name, extra.status()] as const] : []));
    return { ...Object.fromEntries(told), ...(this.#spec.status(this.#view()) as object) };
  }

  #view(): NodeView {
    const { name: app, version, owner } = this.#spec;
    const { origin = "", file, reasons = [] } = this.#source ?? {};
    const problems = this.#extras.flatMap((extra) => extra.problems?.() ?? []);
    return {
      app,
      version,
      owner,
      startedAt: this.#startedAt,
      config: { path: origin, file, reasons },
      state: this.#state,
      counters: this.#counters(),
      present: () => this.#dataplane?.present() ?? emptyRows(),
      problems: this.#endpointProblem ? [this.#endpointProblem, ...problems] : problems,
    };
  }
}
