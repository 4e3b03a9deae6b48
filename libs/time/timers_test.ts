// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { FakeTimers } from "./testing/mod.ts";
import { elapsed, sleep, systemTimers } from "./timers.ts";

test("a sleep ends after its time", async () => {
  const timers = new FakeTimers();
  let over = false;
  void sleep(timers, 100).then(() => {
    over = true;
  });
  await timers.advance(99);
  expect(over).toBe(false);
  await timers.advance(1);
  expect(over).toBe(true);
});

test("a sleep ends early, without an error, when it is called off, and leaves no timer behind", async () => {
  const timers = new FakeTimers();
  const controller = new AbortController();
  const sleeping = sleep(timers, 100, controller.signal);
  controller.abort();
  await sleeping;
  expect(timers.waiting).toEqual([]);
  await sleep(timers, 100, controller.signal);
});

test("elapsed time does not follow a clock that somebody sets", () => {
  const timers = new FakeTimers();
  timers.skew = 3_600_000;
  expect(elapsed(timers)).toBe(0);
  expect(timers.now()).toBe(3_600_000);
  expect(elapsed({ now: () => 5, after: () => () => {} })).toBe(5);
});

test("the system's timers ring, and not after they were called off", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = systemTimers.after(1, () => {
    throw new Error("called off");
  });
  cancel();
  systemTimers.after(2, resolve, true);
  await promise;
});

test("the system's timers take a wait of years for a long one", async () => {
  let rang = 0;
  const cancel = systemTimers.after(99_999_999_999, () => rang++);
  const { promise, resolve } = Promise.withResolvers<void>();
  systemTimers.after(20, resolve, true);
  await promise;
  cancel();
  expect(rang).toBe(0);
});

test("a process ends although a timer is pending, but not while it sleeps", () => {
  const run = (code: string) => {
    const script = `import { sleep, systemTimers } from "${import.meta.dir}/timers.ts"; ${code}`;
    return Bun.spawnSync([process.execPath, "-e", script], { timeout: 20_000 });
  };
  const pending = run("systemTimers.after(60_000, () => {})");
  expect([pending.exitCode, pending.exitedDueToTimeout]).toEqual([0, false]);
  expect(run('void sleep(systemTimers, 50).then(() => console.log("slept"))').stdout.toString()).toBe("slept\n");
});
