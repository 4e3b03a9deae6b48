// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { refuse } from "@strait/model";
import { Health } from "./health.ts";
import { Metrics } from "./metrics.ts";
import { statusApp } from "./status_app.ts";

function build(status: () => unknown = () => ({})) {
  const health = new Health();
  const metrics = new Metrics();
  const errors: unknown[] = [];
  return { health, metrics, errors, app: statusApp({ health, metrics, status, onError: (error) => errors.push(error) }) };
}

test("the status app answers /healthz and /readyz by their own checks", async () => {
  const { app, health } = build();
  health.ready("dataplane", () => refuse("nothing was applied yet"));
  const live = await app.request("/healthz");
  expect([live.status, await live.text()]).toEqual([200, "ok\n"]);
  const ready = await app.request("/readyz");
  expect([ready.status, await ready.text()]).toEqual([503, "dataplane: nothing was applied yet\n"]);
});

test("the status app prints metrics in the type Prometheus asks for", async () => {
  const { app, metrics } = build();
  metrics.gauge("strait_config_ok", "C.").set(1);
  const answer = await app.request("/metrics");
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await answer.text()).toContain("strait_config_ok 1\n");
});

test("the status app prints the status as JSON, 64-bit counters as numbers", async () => {
  const answer = await build(() => ({ packets: 12n, app: "gateway" })).app.request("/status");
  expect(answer.headers.get("content-type")).toContain("application/json");
  expect(await answer.json()).toEqual({ packets: 12, app: "gateway" });
});

test("the status app answers 500 with the reason where the status cannot be made, and goes on", async () => {
  let broken = true;
  const { app, errors } = build(() => {
    if (broken) throw new Error("map strait_hops is gone");
    return {};
  });
  const answer = await app.request("/status");
  expect([answer.status, await answer.text()]).toEqual([500, "map strait_hops is gone\n"]);
  expect(errors).toHaveLength(1);
  broken = false;
  expect((await app.request("/status")).status).toBe(200);
});

test("the status app changes nothing and knows no other path", async () => {
  const { app } = build();
  expect((await app.request("/")).status).toBe(404);
  expect((await app.request("/status", { method: "POST" })).status).toBe(404);
});
