// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "@strait/model";
import type { Extra } from "@strait/node";
import { type Metrics, type StatusServer, serveStatus } from "@strait/obs";
import { Hono } from "hono";

/**
 * The metrics on Submariner's port (32780), for scrapers that are set up for it. On loopback only: they tell a node's whole network,
 * so whoever wants them elsewhere puts a proxy with its own rules in front. Where the port cannot be had, that is told and
 * nothing else suffers.
 *
 * @example
 * new MetricsPort(context.metrics, 32780)
 */
export class MetricsPort implements Extra {
  readonly name = "metrics";
  readonly #app = new Hono();
  readonly #port: number;
  #serving: Promise<void> | undefined;
  #server: StatusServer | undefined;
  #problem: Problem | undefined;

  /** @param port 0 for none */
  constructor(metrics: Metrics, port: number) {
    this.#port = port;
    const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
    this.#app.get("/metrics", (c) => c.body(metrics.render(), 200, headers));
  }

  start(): void {
    if (this.#port !== 0) this.#serving ??= this.#serve();
  }

  async stop(): Promise<void> {
    await this.#serving;
    await this.#server?.stop();
  }

  /** Where they are. */
  status(): unknown {
    return { at: this.#server?.at ?? null };
  }

  problems(): readonly Problem[] {
    return this.#problem ? [this.#problem] : [];
  }

  async #serve(): Promise<void> {
    const served = await serveStatus(this.#app, { kind: "tcp", host: "127.0.0.1", port: this.#port });
    if (served.ok) this.#server = served.value;
    else this.#problem = { object: `port ${this.#port} of the metrics`, reason: served.reason };
  }
}
