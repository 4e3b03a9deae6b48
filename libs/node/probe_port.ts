// SPDX-License-Identifier: Apache-2.0
import { ok, type Problem, type Result, refuse } from "@strait/model";
import { Health, probeApp, type StatusServer, serveStatus } from "@strait/obs";
import type { AppContext, Extra } from "./extra.ts";
import type { NodeState } from "./node_state.ts";
import { waitingFor } from "./node_status.ts";

export interface ProbePortOptions {
  readonly context: Pick<AppContext, "metrics" | "state" | "timers">;
  /** 0 for none. */
  readonly port: number;
  /** What the app works by, for the reason why it is not ready. */
  readonly source: Parameters<typeof waitingFor>[0];
}

/** Milliseconds until a port that was taken is tried again: a process of the same app may be ending. */
const RETRY_MS = 1000;

/**
 * What a kubelet and a scraper ask an app for, on Submariner's port (gateway 32780, node agent 32782): /healthz says that the process is
 * alive, /readyz that this node carries the traffic it should, /metrics as on the app's socket. Neither of the first two looks at an
 * API server or a broker: an app is not started again, nor a rolling update held up, because one of them is away.
 *
 * On loopback only: metrics tell a node's whole network, so whoever wants them elsewhere puts a proxy with its own rules in front. Where
 * the port cannot be had, that is told, tried again, and nothing else suffers.
 *
 * @example
 * new ProbePort({ context, port: 32780, source: member.source })
 */
export class ProbePort implements Extra {
  readonly name = "probes";
  readonly #options: ProbePortOptions;
  readonly #health = new Health();
  #serving: Promise<void> | undefined;
  #server: StatusServer | undefined;
  #problem: Problem | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: ProbePortOptions) {
    this.#options = options;
    const { context, source } = options;
    this.#health.ready("dataplane", () => carriesTraffic(context.state, source));
  }

  start(): void {
    if (this.#options.port !== 0) this.#serving ??= this.#serve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#serving;
    await this.#server?.stop();
  }

  /** Where it answers. */
  status(): unknown {
    return { at: this.#server?.at ?? null };
  }

  problems(): readonly Problem[] {
    return this.#problem ? [this.#problem] : [];
  }

  async #serve(): Promise<void> {
    const { context, port } = this.#options;
    const app = probeApp({ health: this.#health, metrics: context.metrics });
    const served = await serveStatus(app, { kind: "tcp", host: "127.0.0.1", port });
    if (served.ok) {
      this.#server = served.value;
      this.#problem = undefined;
      return;
    }
    this.#problem = { object: `port ${port} of the probes and metrics`, reason: served.reason };
    if (this.#stopped) return;
    this.#cancel = context.timers.after(RETRY_MS, () => {
      this.#serving = this.#serve();
    });
  }
}

function carriesTraffic({ ready, error, applied }: NodeState, source: ProbePortOptions["source"]): Result<unknown> {
  if (ready) return ok(true);
  if (error !== undefined) return refuse(error);
  if (applied) return refuse(applied.report.failures.map(({ object, reason }) => `${object}: ${reason}`).join("; "));
  return refuse(waitingFor(source));
}
