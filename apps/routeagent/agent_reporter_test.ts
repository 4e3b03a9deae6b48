// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { RouteAgentKind } from "@strait/k8s";
import { FakeCluster, FakeTimers } from "@strait/k8s/testing";
import { Log } from "@strait/obs";
import { AgentReporter } from "./agent_reporter.ts";

function build() {
  const cluster = new FakeCluster();
  const timers = new FakeTimers();
  const lines: string[] = [];
  const log = new Log({ write: (line) => lines.push(line) });
  const held: { statusFailure: string; fault?: Error } = { statusFailure: "" };
  const status = () => {
    if (held.fault) throw held.fault;
    return { version: "1", statusFailure: held.statusFailure, remoteEndpoints: [] };
  };
  const reporter = new AgentReporter({ client: cluster, namespace: "submariner-operator", nodeName: "w1", status, log, timers });
  const written = () => cluster.objects(RouteAgentKind).list()[0]?.["status"] as { statusFailure?: string } | undefined;
  return { cluster, timers, lines, held, reporter, written };
}

test("an agent's reporter writes once a minute, and soon after a change", async () => {
  const { timers, held, reporter, written } = build();
  reporter.start();
  await timers.advance(59_000);
  expect(reporter.writes).toBe(1);
  held.statusFailure = "no way out";
  reporter.changed();
  await timers.advance(1000);
  expect([reporter.writes, written()?.statusFailure]).toEqual([2, "no way out"]);
  reporter.changed();
  await timers.advance(10_000);
  expect(reporter.writes).toBe(2);
  await reporter.stop();
});

test("an agent's reporter outlives a status that throws, says so once and goes on", async () => {
  const { timers, lines, held, reporter, written } = build();
  reporter.start();
  await timers.advance(1000);
  held.fault = new TypeError("no such interface");
  reporter.changed();
  await timers.advance(300_000);
  expect(reporter.failure).toBe("no such interface");
  expect(lines).toHaveLength(1);
  delete held.fault;
  held.statusFailure = "fine again";
  await timers.advance(61_000);
  expect(written()?.statusFailure).toBe("fine again");
  expect(reporter.failure).toBeUndefined();
  await reporter.stop();
});

test("agents that found the server away come back at different times, ever more seldom", async () => {
  const tries = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const { cluster, timers, reporter } = build();
      const at: number[] = [];
      cluster.intercept = () => {
        at.push(timers.now());
        throw cluster.away();
      };
      reporter.start();
      await timers.advance(300_000);
      await Promise.all([reporter.stop(), timers.advance(61_000)]);
      return at;
    }),
  );
  for (const at of tries) expect(at.length).toBeLessThan(14);
  expect(new Set(tries.map((at) => at[1])).size).toBeGreaterThan(4);
});
