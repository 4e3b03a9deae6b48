// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClusterFile, clusterId, nodeName } from "@strait/model";
import { Log } from "@strait/obs";
import { FakeTimers } from "@strait/time/testing";
import { forgetLast, lastStatePath, recallLast, rememberLast } from "./last_state.ts";
import type { NodeSource } from "./node_source.ts";
import { clusterFile } from "./testing/cluster_file.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function build(name = "state/gateway.json") {
  const dir = mkdtempSync(join(tmpdir(), "st-last-"));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, name);
  const timers = new FakeTimers();
  const lines: string[] = [];
  const inner: NodeSource & { file: ClusterFile | undefined } = {
    origin: "https://10.0.0.1 (Kubernetes)",
    file: undefined,
    reasons: [],
    onChange: () => {},
    start: () => {},
    read: () => {},
    close: () => {},
  };
  const source = rememberLast(inner, path, { timers, log: new Log({ write: (line) => lines.push(line) }) });
  const set = (file: ClusterFile): void => {
    inner.file = file;
    inner.onChange();
  };
  return { dir, path, timers, lines, source, set };
}

const own = { cluster: clusterId("east"), node: nodeName("gw1") };

test("the last state is on disk soon after a change, readable by its owner only, and comes back as it was", async () => {
  const { path, timers, set, source } = build();
  const told: (ClusterFile | undefined)[] = [];
  source.onChange = () => told.push(source.file);
  set(clusterFile());
  expect(told).toEqual([clusterFile()]);
  expect(existsSync(path)).toBe(false);
  await timers.advance(500);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(recallLast(path, own)).toEqual({ ok: true, value: clusterFile() });
});

test("the last state is written once for many changes, and at the end what was not written yet", async () => {
  const { path, timers, set, source } = build();
  for (const log of ["debug", "info", "warn"] as const) set(clusterFile({ log }));
  expect(timers.waiting).toEqual([500]);
  await timers.advance(500);
  set(clusterFile({ log: "error" }));
  source.close();
  expect(timers.waiting).toEqual([]);
  expect(recallLast(path, own)).toEqual({ ok: true, value: clusterFile({ log: "error" }) });
});

test("the last state of another node, of another shape, or that is not there is refused", () => {
  const { dir, path, set, source } = build();
  set(clusterFile());
  source.close();
  const reason = (of: ReturnType<typeof recallLast>): string => (of.ok ? "accepted" : of.reason);
  expect(reason(recallLast(path, { ...own, node: nodeName("w1") }))).toContain("and this is w1 of east");
  expect(reason(recallLast(path, { ...own, cluster: clusterId("west") }))).toContain("and this is gw1 of west");
  expect(reason(recallLast(join(dir, "nothing"), own))).toContain("cannot be read");
  writeFileSync(path, readFileSync(path, "utf8").slice(0, -20));
  expect(reason(recallLast(path, own))).toContain("cannot be read");
  writeFileSync(path, "{}");
  expect(reason(recallLast(path, own))).toContain("is missing from the file");
});

test("the last state of a later version is refused by its layout, whatever else is in it", () => {
  const { path, set, source } = build();
  set(clusterFile());
  source.close();
  const plain = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...plain, layout: 2, colours: ["blue"] }));
  const last = recallLast(path, own);
  expect(last.ok ? "accepted" : last.reason).toBe(
    `${path} was written by a later version of Strait (layout 2, and this one knows 1): start that version, or wait for the API server, before which this one touches nothing`,
  );
  // Versions before this one refuse what they do not know by its name.
  writeFileSync(path, JSON.stringify({ ...plain, colours: ["blue"] }));
  const unknown = recallLast(path, own);
  expect(unknown.ok ? "accepted" : unknown.reason).toContain('"colours" is an unknown key of the file');
  writeFileSync(path, JSON.stringify(plain));
  expect(recallLast(path, own).ok).toBe(true);
});

test("the last state does not follow a link that somebody put in its way", () => {
  const { dir, set, source } = build("gateway.json");
  const victim = join(dir, "victim");
  writeFileSync(victim, "theirs");
  symlinkSync(victim, join(dir, "gateway.json.next"));
  set(clusterFile());
  source.close();
  expect(readFileSync(victim, "utf8")).toBe("theirs");
});

test("the last state that cannot be written is told once", async () => {
  const { timers, lines, set } = build("file/gateway.json");
  const blocked = build();
  writeFileSync(join(blocked.dir, "state"), "");
  blocked.set(clusterFile());
  await blocked.timers.advance(500);
  blocked.set(clusterFile({ log: "debug" }));
  await blocked.timers.advance(60_000);
  expect(blocked.lines.filter((line) => line.includes("cannot be kept"))).toHaveLength(1);
  set(clusterFile());
  await timers.advance(500);
  expect(lines).toEqual([]);
});

test("the last state's place follows STRAIT_STATE_DIR", () => {
  expect(lastStatePath("gateway", {})).toBe("/run/strait/gateway.json");
  expect(lastStatePath("gateway", { STRAIT_STATE_DIR: "/tmp/x" })).toBe("/tmp/x/gateway.json");
});

test("forgetLast removes what apps kept, and says what was there", () => {
  const folder = mkdtempSync(join(tmpdir(), "st-forget-"));
  const env = { STRAIT_STATE_DIR: folder };
  writeFileSync(join(folder, "gateway.json"), "{}");
  expect(forgetLast(["gateway", "routeagent"], env)).toEqual([join(folder, "gateway.json")]);
  expect(forgetLast(["gateway", "routeagent"], env)).toEqual([]);
  rmSync(folder, { recursive: true });
});
