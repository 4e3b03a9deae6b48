// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClusterFile, ok, refuse } from "@strait/model";
import { GatewayPlanner } from "@strait/plan";
import { settle } from "@strait/time/testing";
import type { AppSpec, OpenOptions } from "./app.ts";
import type { AppParts, Extra } from "./extra.ts";
import type { NodeSource } from "./node_source.ts";
import { nodeStatus } from "./node_status.ts";
import { parseOptions } from "./options.ts";
import { EXIT, runApp } from "./run_app.ts";
import { clusterFile } from "./testing/cluster_file.ts";
import { FakeDataplane, FakeKernel } from "./testing/fake_dataplane.ts";
import { FakeSystem } from "./testing/fake_system.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Holds what a test puts into it. */
class FakeSource implements NodeSource {
  readonly origin = "https://10.0.0.1:6443 (Kubernetes)";
  file: ClusterFile | undefined;
  reasons: readonly string[] = ["connection refused"];
  closed = false;
  onChange = (): void => {};
  start(): void {}
  read(): void {}
  close(): void {
    this.closed = true;
  }
  set(file: ClusterFile | undefined, ...reasons: string[]): void {
    this.file = file;
    this.reasons = reasons;
    this.onChange();
  }
}

function build(extras: readonly Extra[] = [], answer?: Awaited<ReturnType<NonNullable<AppSpec["kubernetes"]>>>) {
  const dir = mkdtempSync(join(tmpdir(), "st-source-"));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  const socket = join(dir, "gateway.sock");
  const system = new FakeSystem("--listen", `unix:${socket}`);
  const kubernetes = { SUBMARINER_NAMESPACE: "submariner-operator", SUBMARINER_CLUSTERID: "east" };
  // Else what a test applied would be the last state of this machine's own gateway.
  Object.assign(system.env, kubernetes, { STRAIT_STATE_DIR: join(dir, "state") });
  const source = new FakeSource();
  const kernel = new FakeKernel();
  const held: { dataplane?: FakeDataplane; obstacle?: Error; opened?: OpenOptions } = {};
  const parts: AppParts = { source, extras };
  const spec: AppSpec = {
    name: "gateway",
    owner: "gateway",
    version: "1.2.3",
    purpose: "Tests.",
    wiring: {
      planner: () => new GatewayPlanner(),
      open: async (options) => {
        held.opened = options;
        if (held.obstacle) throw held.obstacle;
        held.dataplane = new FakeDataplane(kernel);
        return held.dataplane;
      },
      uninstall: async ({ pinDir }) => ({ removed: [pinDir] }),
      trace: async () => {},
    },
    status: nodeStatus,
    kubernetes: async () => answer ?? ok(parts),
  };
  const get = (path: string): Promise<Response> => fetch(`http://localhost${path}`, { unix: socket });
  const start = async (): Promise<{ code: Promise<number> }> => {
    const code = runApp(spec, parseOptions(system.argv, system.env), system);
    code.catch(() => {});
    cleanups.push(async () => {
      if (system.listening) await system.signal("SIGTERM");
      await code;
    });
    while (!existsSync(socket) && !system.stderr.includes("gateway:")) await settle();
    return { code };
  };
  return { system, source, kernel, held, get, start };
}

test("an app whose source has nothing yet answers, says what it waits for, and touches nothing", async () => {
  const { source, held, get, start } = build();
  await start();
  expect((await get("/healthz")).status).toBe(200);
  const ready = await get("/readyz");
  const reason = `nothing came from ${source.origin} yet, so nothing is touched: connection refused`;
  expect([ready.status, await ready.text()]).toEqual([503, `dataplane: ${reason}\n`]);
  expect(await (await get("/status")).json()).toMatchObject({
    cluster: null,
    node: null,
    config: { path: source.origin, ok: false, reasons: ["connection refused"] },
    problems: [{ object: "config", reason }],
    hops: [],
  });
  expect(held.dataplane).toBeUndefined();
});

test("an app whose source gets its first value opens the dataplane then, and keeps it when the source loses its sight", async () => {
  const { system, source, held, kernel, get, start } = build();
  await start();
  source.set(clusterFile());
  while (!held.dataplane) await settle();
  await system.timers.advance(0);
  expect(kernel.rows.slots.size).toBe(256);
  // In Kubernetes cables are probed, which takes a right of its own; the version leaves its mark.
  expect(held.opened).toMatchObject({ owner: "gateway", version: "1.2.3", probes: true });
  expect((await get("/readyz")).status).toBe(200);
  source.set(source.file, "the API server is away");
  await system.timers.advance(120_000);
  expect(kernel.rows.slots.size).toBe(256);
  const status = await (await get("/status")).json();
  expect(status).toMatchObject({ cluster: "east", config: { ok: false, reasons: ["the API server is away"] }, ready: true });
  expect(system.stderr.match(/the API server is away/g)).toHaveLength(1);
});

test("an app goes on by the part of a source that is good, and tells the rest", async () => {
  const { system, source, kernel, held, start } = build();
  await start();
  source.set(clusterFile());
  while (!held.dataplane) await settle();
  await system.timers.advance(0);
  source.set({ ...clusterFile(), clusters: [] }, "Endpoint west: it has no subnets");
  await system.timers.advance(0);
  expect(kernel.rows.slots.size).toBe(0);
  expect(system.stderr).toContain("part of the config is refused; the rest is in force");
});

test("an app whose source has many reasons logs the first ones and how many more, and tells all in /status", async () => {
  const { system, source, get, start } = build();
  await start();
  const many = Array.from({ length: 300 }, (_, i) => `Endpoint e${i}: it has no subnets`);
  source.set(undefined, ...many);
  expect(system.stderr).toContain("e4: it has no subnets; and 295 more");
  expect(system.stderr).not.toContain("e5:");
  const status = (await (await get("/status")).json()) as { config: { reasons: string[] } };
  expect(status.config.reasons).toEqual(many);
});

test("an app ends with 1 where the first value comes and the node cannot do it", async () => {
  const { source, held, start } = build();
  const { code } = await start();
  held.obstacle = new Error("no bpffs is mounted");
  source.set(clusterFile());
  expect(await code).toBe(EXIT.failed);
  expect(source.closed).toBe(true);
});

test("an app ends with 2 where its environment is refused", async () => {
  const { system, start } = build([], refuse("SUBMARINER_CLUSTERCIDR: 10.1.2.3/16 has host bits set: write 10.1.0.0/16"));
  const { code } = await start();
  expect(await code).toBe(EXIT.refused);
  expect(system.stderr).toBe("gateway: SUBMARINER_CLUSTERCIDR: 10.1.2.3/16 has host bits set: write 10.1.0.0/16\n");
});

test("an app's extras start and stop with it and have a say in /status and /readyz", async () => {
  const told: string[] = [];
  const extra: Extra = {
    name: "election",
    start: () => void told.push("start"),
    stop: async () => void told.push("stop"),
    status: () => ({ leader: "gw1" }),
    readiness: () => refuse("nobody leads"),
    problems: () => [{ object: "lease", reason: "cannot be renewed" }],
    applied: () => void told.push("applied"),
  };
  const { system, source, held, get, start } = build([extra]);
  const { code } = await start();
  source.set(clusterFile());
  while (!held.dataplane) await settle();
  await system.timers.advance(0);
  expect(await (await get("/readyz")).text()).toBe("election: nobody leads\n");
  const status = (await (await get("/status")).json()) as Record<string, unknown>;
  expect(status["election"]).toEqual({ leader: "gw1" });
  expect(status["problems"]).toContainEqual({ object: "lease", reason: "cannot be renewed" });
  await system.signal("SIGTERM");
  expect(await code).toBe(EXIT.ok);
  expect(told).toEqual(["start", "applied", "stop"]);
});
