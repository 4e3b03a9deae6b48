// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { GatewayKind } from "@strait/k8s";
import { FakeCluster, FakeTimers } from "@strait/k8s/testing";
import { Log } from "@strait/obs";
import type { GatewayReport } from "../publish/gateway_object.ts";
import { endpoint, HERE } from "../testing/sync_scene.ts";
import { GatewayReporter } from "./gateway_reporter.ts";

function build() {
  const cluster = new FakeCluster();
  const timers = new FakeTimers();
  const lines: string[] = [];
  const log = new Log({ write: (line) => lines.push(line) });
  const held: { haStatus: GatewayReport["haStatus"]; fault?: Error } = { haStatus: "active" };
  const report = (): GatewayReport => {
    if (held.fault) throw held.fault;
    const { haStatus } = held;
    return { namespace: HERE, version: "1", haStatus, endpoint: endpoint("east", 1), failures: [], connections: [] };
  };
  const reporter = new GatewayReporter({ client: cluster, namespace: HERE, report, log, timers });
  const status = () => cluster.objects(GatewayKind).list()[0]?.["status"] as { haStatus?: string } | undefined;
  return { cluster, timers, lines, held, reporter, status };
}

test("a gateway's reporter gives a sign of life every few seconds, writes a change at once, and passive as the last word", async () => {
  const { timers, held, reporter, status } = build();
  reporter.start();
  await timers.advance(10_000);
  expect(reporter.writes).toBe(3);
  held.haStatus = "passive";
  reporter.changed();
  await timers.advance(100);
  expect([reporter.writes, status()?.haStatus]).toEqual([4, "passive"]);
  held.haStatus = "active";
  await reporter.stop();
  expect(status()?.haStatus).toBe("passive");
});

test("a gateway's reporter outlives a report that throws, says so once and goes on", async () => {
  const { timers, lines, held, reporter } = build();
  reporter.start();
  await timers.advance(1000);
  held.fault = new TypeError("no such interface");
  reporter.changed();
  await timers.advance(60_000);
  expect(reporter.failure).toBe("no such interface");
  expect(lines).toHaveLength(1);
  const { writes } = reporter;
  delete held.fault;
  await timers.advance(5000);
  expect(reporter.writes).toBeGreaterThan(writes);
  expect(reporter.failure).toBeUndefined();
  held.fault = new TypeError("gone again");
  await reporter.stop();
});

test("a gateway's reporter says once that the server is away, and writes when it is back", async () => {
  const { cluster, timers, lines, reporter } = build();
  cluster.intercept = () => {
    throw cluster.away();
  };
  reporter.start();
  await timers.advance(60_000);
  expect([reporter.writes, lines.length]).toEqual([0, 1]);
  cluster.intercept = () => {};
  await timers.advance(5000);
  expect(reporter.writes).toBeGreaterThan(0);
  await reporter.stop();
});
