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
  systemTimers.after(2, resolve);
  const keepAlive = setInterval(() => {}, 1000);
  await promise.finally(() => clearInterval(keepAlive));
});
