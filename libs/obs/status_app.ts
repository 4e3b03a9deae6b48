// SPDX-License-Identifier: Apache-2.0
import { Hono } from "hono";
import type { Health, Verdict } from "./health.ts";
import type { Metrics } from "./metrics.ts";

/** What the endpoints answer from. */
export interface StatusSources {
  readonly health: Health;
  readonly metrics: Metrics;
  /** The body of /status: plain data; a bigint is printed as a number. */
  readonly status: () => unknown;
  /** Told why /status could not be made; the client sees the message only. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The endpoints every app answers, all read only: /healthz and /readyz (200 or 503, plain text), /metrics (Prometheus text), /status (JSON).
 * Test it without a socket through `request`.
 *
 * @example
 * const answer = await statusApp({ health, metrics, status: () => ({ app: "gateway" }) }).request("/readyz");
 */
export function statusApp({ health, metrics, status, onError }: StatusSources): Hono {
  const app = probeApp({ health, metrics });
  app.get("/status", (c) => c.body(`${toJson(status())}\n`, 200, { "content-type": "application/json" }));
  app.notFound((c) => c.text("not found: there are /healthz, /readyz, /metrics and /status\n", 404));
  app.onError((error, c) => {
    onError?.(error);
    return c.text(`${error.message}\n`, 500);
  });
  return app;
}

/** Of these only what probes and scrapers ask for: /healthz, /readyz and /metrics. */
export function probeApp({ health, metrics }: Pick<StatusSources, "health" | "metrics">): Hono {
  const app = new Hono();
  app.get("/healthz", (c) => c.text(...answer(health.liveness())));
  app.get("/readyz", (c) => c.text(...answer(health.readiness())));
  app.get("/metrics", (c) => c.body(metrics.render(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }));
  return app;
}

function answer(verdict: Verdict): [string, 200 | 503] {
  return verdict.ok ? ["ok\n", 200] : [`${verdict.failing.join("\n")}\n`, 503];
}

/** Counters of the kernel are 64 bits; JSON readers take numbers. Above 2^53 (9 PB) the last digits are rounded. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? Number(inner) : inner), 2);
}
