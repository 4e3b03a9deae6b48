// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Daemon } from "./daemon.ts";

const dir = mkdtempSync(join(tmpdir(), "strait-daemon-"));
afterAll(() => rmSync(dir, { recursive: true }));

const says = async (daemon: Daemon, line: string) => {
  while (!daemon.logTail().includes(line)) await Bun.sleep(5);
};

test("a Daemon logs to its file, of all its runs, and stops when asked to", async () => {
  for (const run of ["first", "second"]) {
    const daemon = new Daemon({
      name: "polite",
      argv: ["sh", "-c", `trap 'echo bye; exit' TERM; echo ${run}; while :; do sleep 0.01; done`],
      dir,
    });
    await says(daemon, run);
    expect([daemon.running, existsSync(`/proc/${daemon.pid}`)]).toEqual([true, true]);
    await daemon.stop();
    expect([daemon.running, existsSync(`/proc/${daemon.pid}`)]).toEqual([false, false]);
    if (run === "second") expect(daemon.logTail()).toBe("first\nbye\nsecond\nbye");
    expect(daemon.logTail(1)).toBe("bye");
  }
});

test("a Daemon that does not want to end is killed after its grace", async () => {
  const daemon = new Daemon({ name: "stubborn", argv: ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.01; done"], dir });
  await says(daemon, "up");
  await daemon.stop(50);
  expect(daemon.running).toBe(false);
});

test("a Daemon's pid is the program's own, so that a signal reaches it", async () => {
  const daemon = new Daemon({ name: "itself", argv: ["sh", "-c", "echo $$; exec sleep 60"], dir });
  await says(daemon, `${daemon.pid}`);
  expect(daemon.logTail(1)).toBe(`${daemon.pid}`);
  await daemon.kill();
  await daemon.ended;
});
