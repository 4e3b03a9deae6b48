// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { Metrics } from "@strait/obs";
import { planAgent } from "@strait/plan";
import { systemTimers } from "@strait/time";
import { NodeState } from "./node_state.ts";
import { ProbePort } from "./probe_port.ts";
import { nodeView } from "./testing/node_view.ts";

const open: ProbePort[] = [];
afterEach(() => Promise.all(open.splice(0).map((port) => port.stop())));

/** Takes note of a pass, with what could not be written for each reason. */
function pass(state: NodeState, reasons: readonly string[]): void {
  const { applied } = nodeView({ owner: "agent", plan: planAgent }).state;
  if (!applied) throw new Error("the view of a test has no pass");
  const failures = reasons.map((reason) => ({ object: "x", reason }));
  state.apply({ ...applied, report: { ...applied.report, failures } }, 0);
}

/** Any port that is free now. */
function freePort(): number {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port = 0 } = server;
  void server.stop(true);
  return port;
}

function probes(port: number, state = new NodeState()) {
  const metrics = new Metrics();
  metrics.gauge("strait_config_ok", "C.").set(1);
  const source = { origin: "the API server", reasons: ["connection refused"] };
  const made = new ProbePort({ context: { metrics, state, timers: systemTimers }, port, source });
  open.push(made);
  made.start();
  return { made, state };
}

async function ask(port: number, path: string): Promise<{ status: number; text: string }> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { keepalive: false }).catch(() => undefined);
    if (answer) return { status: answer.status, text: await answer.text() };
    await Bun.sleep(5);
  }
}

test("a probe port calls an app alive and not ready while its API server is away", async () => {
  const port = freePort();
  probes(port);
  expect(await ask(port, "/healthz")).toEqual({ status: 200, text: "ok\n" });
  const { status, text } = await ask(port, "/readyz");
  expect(status).toBe(503);
  expect(text).toContain("nothing came from the API server yet, so nothing is touched: connection refused");
});

test.each([
  ["a pass without a failure", [[]], 200, "ok"],
  ["a pass with a failure", [["the map is full"]], 503, "dataplane: x: the map is full"],
  ["a failure after a good pass, which stays in force", [[], ["the map is full"]], 200, "ok"],
])("a probe port answers /readyz after %s", async (_, passes, wanted, words) => {
  const port = freePort();
  const { state } = probes(port);
  for (const failures of passes) pass(state, failures);
  const { status, text } = await ask(port, "/readyz");
  expect([status, text.trim()]).toEqual([wanted, words]);
});

test("a probe port gives metrics, and keeps the node's network to itself", async () => {
  const port = freePort();
  probes(port);
  expect((await ask(port, "/metrics")).text).toContain("strait_config_ok 1\n");
  expect((await ask(port, "/status")).status).toBe(404);
});

test("a probe port that is taken says so, and is had when it is free", async () => {
  const port = freePort();
  const other = Bun.serve({ hostname: "127.0.0.1", port, fetch: () => new Response("other") });
  const { made } = probes(port);
  while (made.problems().length === 0) await Bun.sleep(5);
  expect(made.problems()[0]?.object).toBe(`port ${port} of the probes and metrics`);
  await other.stop(true);
  while (made.problems().length > 0) await Bun.sleep(20);
  expect((await ask(port, "/healthz")).status).toBe(200);
});

test("port 0 is none", async () => {
  const { made } = probes(0);
  expect(made.status()).toEqual({ at: null });
});
