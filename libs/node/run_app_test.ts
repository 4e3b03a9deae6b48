// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GatewayPlanner } from "@strait/plan";
import type { AppSpec } from "./app.ts";
import { type NodeStatus, nodeStatus } from "./node_status.ts";
import { parseOptions } from "./options.ts";
import { EXIT, runApp } from "./run_app.ts";
import { configText } from "./testing/config_text.ts";
import { FakeDataplane, FakeKernel } from "./testing/fake_dataplane.ts";
import { FakeSystem } from "./testing/fake_system.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

class Run {
  readonly dir = mkdtempSync(join(tmpdir(), "st-app-"));
  readonly config = join(this.dir, "strait.yaml");
  readonly socket = join(this.dir, "gateway.sock");
  readonly kernel: FakeKernel;
  readonly system: FakeSystem;
  dataplane: FakeDataplane | undefined;
  /** Thrown when the dataplane is opened. */
  obstacle: Error | undefined;
  code: Promise<number> = Promise.resolve(-1);

  constructor(argv: (run: Run) => string[] = (run) => ["--config", run.config], kernel = new FakeKernel()) {
    this.kernel = kernel;
    this.system = new FakeSystem(...argv(this));
    cleanups.push(() => rmSync(this.dir, { recursive: true, force: true }));
    this.write();
  }

  write(more = ""): void {
    writeFileSync(this.config, configText({ listen: `unix:${this.socket}`, more }));
  }

  start(): Promise<number> {
    const spec: AppSpec = {
      name: "gateway",
      owner: "gateway",
      version: "1.2.3",
      purpose: "Tests.",
      wiring: {
        planner: () => new GatewayPlanner(),
        open: async () => {
          if (this.obstacle) throw this.obstacle;
          this.dataplane = new FakeDataplane(this.kernel);
          return this.dataplane;
        },
        uninstall: async ({ pinDir, owner }) => ({ removed: [`${pinDir} of ${owner}`] }),
        trace: async ({ pinDir, signal, print }) => {
          if (this.obstacle) throw this.obstacle;
          print(`verdicts of ${pinDir}`);
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        },
      },
      status: nodeStatus,
    };
    this.code = runApp(spec, parseOptions(this.system.argv, this.system.env), this.system);
    return this.code;
  }

  /** Starts and waits for the first pass. */
  async up(): Promise<void> {
    this.start();
    while (!this.dataplane) await new Promise((resolve) => setImmediate(resolve));
    await this.system.timers.advance(0);
    cleanups.push(() => this.system.listening && this.stop());
  }

  async stop(): Promise<number> {
    await this.system.signal("SIGTERM");
    return this.code;
  }

  get(path: string): Promise<Response> {
    return fetch(`http://localhost${path}`, { unix: this.socket });
  }

  async status(): Promise<NodeStatus> {
    return (await this.get("/status")).json() as Promise<NodeStatus>;
  }
}

test("an app answers --help and --version without a config", async () => {
  const help = new Run(() => ["--help"]);
  expect(await help.start()).toBe(EXIT.ok);
  expect(help.system.stdout).toContain("usage: bun run gateway");
  const version = new Run(() => ["--version"]);
  expect(await version.start()).toBe(EXIT.ok);
  expect(version.system.stdout).toBe("gateway 1.2.3\n");
});

test("an app ends with 2 and FILE:LINE: reason for each fault of its config", async () => {
  const run = new Run();
  writeFileSync(run.config, configText({ listen: "0.0.0.0:80" }).replace("10.2.0.0/16", "10.2.0.9/16"));
  expect(await run.start()).toBe(EXIT.refused);
  const lines = run.system.stderr.trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toStartWith(`${run.config}:8: `);
  expect(lines[1]).toStartWith(`${run.config}:9: `);
  expect(run.dataplane).toBeUndefined();
});

test("an app ends with 2 for a wrong flag", async () => {
  const run = new Run(() => ["--what"]);
  expect(await run.start()).toBe(EXIT.refused);
  expect(run.system.stderr).toBe("gateway: Unknown option '--what': see --help\n");
});

test("an app ends with 1 and one sentence where the node cannot do it, and leaves no socket", async () => {
  const run = new Run();
  run.obstacle = new Error("no bpffs is mounted on /sys/fs/bpf: mount one");
  expect(await run.start()).toBe(EXIT.failed);
  expect(run.system.stderr).toContain(
    'level=error app=gateway msg="cannot start" reason="no bpffs is mounted on /sys/fs/bpf: mount one"',
  );
  expect(existsSync(run.socket)).toBe(false);
});

test("an app is ready after its first pass and tells what it did", async () => {
  const run = new Run();
  await run.up();
  expect((await run.get("/readyz")).status).toBe(200);
  const status = await run.status();
  expect(status).toMatchObject({ app: "gateway", version: "1.2.3", cluster: "east", node: "gw1", ready: true, problems: [] });
  expect(status.config).toEqual({ path: run.config, ok: true, reasons: [] });
  expect(status.totals.writes).toBe(Object.values(status.lastApply?.writes ?? {}).reduce((a, b) => a + b, 0));
  expect(status.uplinks).toEqual([{ name: "eth0", ifindex: 2, mtu: 1500, addresses: ["172.31.1.2"] } as never]);
  expect(status.hops).toMatchObject([
    { kind: "vxlan", peer: "west/gw1", remote: "172.31.9.3", local: "172.31.1.2", mtu: 1450, txPackets: 0 },
  ]);
  expect(status.clusters).toMatchObject([{ id: "west", subnets: ["10.2.0.0/16"], slots: [{ slots: 256 }], problems: [] }]);
  expect(await run.stop()).toBe(EXIT.ok);
});

test("an app is alive but not ready while nothing could be applied, and says why", async () => {
  const run = new Run();
  run.kernel.failures = [{ object: "link strait1", reason: "EPERM" }];
  await run.up();
  expect((await run.get("/healthz")).status).toBe(200);
  const ready = await run.get("/readyz");
  expect([ready.status, await ready.text()]).toEqual([503, "dataplane: link strait1: EPERM\n"]);
  expect((await run.status()).problems).toContainEqual({ object: "link strait1", reason: "EPERM" });
});

test("an app that ends leaves the rows and no socket, and the next one writes nothing", async () => {
  const first = new Run();
  await first.up();
  const { rows } = first.kernel;
  expect(await first.stop()).toBe(EXIT.ok);
  expect(first.kernel.rows).toBe(rows);
  expect(first.kernel.open).toBe(0);
  expect(first.system.listening).toBe(false);
  expect(existsSync(first.socket)).toBe(false);
  const second = new Run(undefined, first.kernel);
  await second.up();
  expect((await second.status()).totals).toEqual({ applies: 1, writes: 0, removes: 0, failures: 0, errors: 0 });
});

test("an app keeps the old config when the file turns bad, says so everywhere, and takes the next good one", async () => {
  const run = new Run();
  await run.up();
  const { rows } = run.kernel;
  run.write("typo: 1\n");
  await run.system.signal("SIGHUP");
  await run.system.timers.advance(200_000);
  expect(run.kernel.rows.hops).toEqual(rows.hops);
  const bad = await run.status();
  expect(bad.config.ok).toBe(false);
  expect(bad.config.reasons[0]).toStartWith(`${run.config}:10: `);
  expect(bad.ready).toBe(true);
  expect(await (await run.get("/metrics")).text()).toContain("strait_config_ok 0\n");
  expect(run.system.stderr.match(/config refused/g)).toHaveLength(1);
  run.write("mtu: 1400\n");
  await run.system.signal("SIGHUP");
  await run.system.timers.advance(0);
  const good = await run.status();
  expect(good.config.ok).toBe(true);
  expect(good.hops[0]?.mtu).toBe(1350);
  expect(run.system.stderr.match(/config is good again/g)).toHaveLength(1);
});

test("an app takes a changed file by the next resync at the latest", async () => {
  const run = new Run();
  await run.up();
  run.write("mtu: 1300\n");
  await run.system.timers.advance(60_000);
  expect((await run.status()).hops[0]?.mtu).toBe(1250);
});

test("an app moves to the place its config names now, and stays where it cannot", async () => {
  const run = new Run();
  await run.up();
  const old = run.socket;
  const next = join(run.dir, "next.sock");
  writeFileSync(run.config, configText({ listen: `unix:${next}` }));
  await run.system.signal("SIGHUP");
  while (existsSync(old)) await new Promise((resolve) => setImmediate(resolve));
  expect((await fetch("http://localhost/healthz", { unix: next })).status).toBe(200);
  writeFileSync(run.config, configText({ listen: `unix:${run.config}` }));
  await run.system.signal("SIGHUP");
  const told = (await (await fetch("http://localhost/status", { unix: next })).json()) as NodeStatus;
  expect(told.problems).toMatchObject([{ object: "listen", reason: expect.stringContaining("is no socket") }]);
});

test("an app does not start where another one answers, and touches nothing", async () => {
  const first = new Run();
  await first.up();
  const second = new Run(() => ["--config", first.config], first.kernel);
  expect(await second.start()).toBe(EXIT.failed);
  expect(second.system.stderr).toContain("another process answers");
  expect(second.dataplane).toBeUndefined();
  expect((await first.get("/readyz")).status).toBe(200);
});

test("an app prints the node's packets by reason and its own hops as metrics", async () => {
  const run = new Run();
  run.kernel.reasons = [{ reason: "drop_unknown_peer", packets: 3n, bytes: 300n }];
  await run.up();
  const [hop] = run.kernel.rows.hops.values();
  run.kernel.traffic.set(hop?.index ?? 0, { txPackets: 7n, txBytes: 700n, rxPackets: 5n, rxBytes: 500n });
  const text = await (await run.get("/metrics")).text();
  expect(text).toContain('strait_packets_total{reason="drop_unknown_peer"} 3\n');
  expect(text).toContain('strait_bytes_total{reason="drop_unknown_peer"} 300\n');
  expect(text).toContain('strait_hop_tx_packets_total{kind="vxlan",remote="172.31.9.3"} 7\n');
  expect(text).toContain('strait_hop_rx_bytes_total{kind="vxlan",remote="172.31.9.3"} 500\n');
  expect(text).toContain('strait_apply_writes_total{map="slots"} 256\n');
  expect(text).toContain("strait_apply_failures_total 0\n");
  expect(text).toContain("strait_config_ok 1\n");
  expect(text).toMatch(/strait_build_info\{app="gateway",version="1.2.3",bun="[\d.]+"\} 1\n/);
});

test("an app traces what is pinned where its file says, until it is told to end", async () => {
  const run = new Run((of) => ["--trace", "--config", of.config]);
  run.write("pinDir: /sys/fs/bpf/other\n");
  const code = run.start();
  expect(run.system.stdout).toBe("verdicts of /sys/fs/bpf/other\n");
  await run.system.signal("SIGINT");
  expect(await code).toBe(EXIT.ok);
  expect(run.system.listening).toBe(false);
});

test("an app that cannot trace says why and ends with 1", async () => {
  const run = new Run(() => ["--trace"]);
  run.obstacle = new Error("nothing is pinned");
  expect(await run.start()).toBe(EXIT.failed);
  expect(run.system.stderr).toContain('msg="cannot trace" reason="nothing is pinned"');
});

test("an app uninstalls from the file's pin directory and says what it removed", async () => {
  const run = new Run((of) => ["--uninstall", "--config", of.config]);
  run.write("pinDir: /sys/fs/bpf/other\n");
  expect(await run.start()).toBe(EXIT.ok);
  expect(run.system.stderr).toContain('msg=removed object="/sys/fs/bpf/other of gateway"');
});

test("an app does not uninstall what it cannot name: a bad file", async () => {
  const run = new Run((of) => ["--uninstall", "--config", of.config]);
  run.write("pinDir: relative\n");
  expect(await run.start()).toBe(EXIT.refused);
  expect(run.system.stderr).toContain("strait.yaml:10: ");
});

test("an app does not uninstall under one that runs", async () => {
  const first = new Run();
  await first.up();
  const second = new Run(() => ["--uninstall", "--config", first.config]);
  expect(await second.start()).toBe(EXIT.failed);
  expect(second.system.stderr).toContain("stop it first");
});
