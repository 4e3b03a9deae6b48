// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "@strait/obs";
import { FakeTimers } from "@strait/time/testing";
import { CniWatch } from "./cni_watch.ts";

const folder = mkdtempSync(join(tmpdir(), "strait-cni-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a node's second network is told within ten seconds of its coming, once, and forgotten when it goes", async () => {
  const timers = new FakeTimers();
  const lines: string[] = [];
  let changes = 0;
  const log = new Log({ write: (line) => lines.push(line) });
  const watch = new CniWatch({ folder, onChange: () => changes++, log, timers });
  const add = (file: string, name: string) => writeFileSync(join(folder, file), JSON.stringify({ name, type: "ptp" }));
  add("10-a.conf", "a");
  watch.start();
  expect([watch.problems(), changes]).toEqual([[], 0]);

  add("05-b.conf", "b");
  await timers.advance(10_000);
  const [problem] = watch.problems();
  expect(problem?.object).toBe(folder);
  expect(problem?.reason).toStartWith("pods are wired by 05-b.conf (network b by ptp), whose file comes first");
  await timers.advance(30_000);
  expect([lines.length, changes]).toEqual([1, 1]);
  expect(lines[0]).toContain("warn");

  rmSync(join(folder, "05-b.conf"));
  await timers.advance(10_000);
  expect([watch.problems(), lines.length, changes]).toEqual([[], 2, 2]);
  await watch.stop();
  expect(timers.waiting).toEqual([]);
});
