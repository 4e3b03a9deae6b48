// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { FakeTimers, settle } from "@strait/time/testing";
import { Reconciler } from "./reconciler.ts";

function build(pass: (why: readonly string[]) => boolean | Promise<boolean>) {
  const timers = new FakeTimers();
  return { timers, loop: new Reconciler(pass, { timers, backoff: { random: () => 0.999999 } }) };
}

test("a reconciler runs one pass for many requests in a window, counted from the first", async () => {
  const passes: (readonly string[])[] = [];
  const { timers, loop } = build((why) => passes.push(why) > 0);
  for (let i = 0; i < 10; i++) {
    loop.request("netlink", 50);
    await timers.advance(4);
  }
  expect(passes).toEqual([]);
  loop.request("config", 50);
  await timers.advance(10);
  expect(passes).toEqual([["netlink", "config"]]);
});

test("a reconciler runs at once for an urgent request although a later one is planned", async () => {
  const passes: (readonly string[])[] = [];
  const { timers, loop } = build((why) => passes.push(why) > 0);
  loop.request("netlink", 50);
  loop.request("config");
  await timers.advance(0);
  expect(passes).toEqual([["netlink", "config"]]);
  await timers.advance(100);
  expect(passes).toHaveLength(1);
});

test("a reconciler never overlaps passes and serves what came meanwhile right after", async () => {
  const gates: (() => void)[] = [];
  const passes: (readonly string[])[] = [];
  let running = 0;
  const { timers, loop } = build(async (why) => {
    expect(++running).toBe(1);
    passes.push(why);
    await new Promise<void>((open) => gates.push(open));
    running--;
    return true;
  });
  loop.request("start");
  await timers.advance(0);
  loop.request("netlink", 50);
  loop.request("config");
  await timers.advance(1000);
  expect(passes).toEqual([["start"]]);
  gates.shift()?.();
  await settle();
  expect(passes).toEqual([["start"], ["netlink", "config"]]);
});

test("a reconciler passes again after a minute of quiet", async () => {
  const passes: (readonly string[])[] = [];
  const { timers, loop } = build((why) => passes.push(why) > 0);
  loop.request("start");
  await timers.advance(59_999);
  expect(passes).toHaveLength(1);
  await timers.advance(1);
  expect(passes).toEqual([["start"], ["resync"]]);
});

test("a reconciler retries with growing waits until a pass succeeds, then waits for the resync", async () => {
  let left = 3;
  const at: number[] = [];
  const { timers, loop } = build(() => {
    at.push(timers.now());
    return left-- === 0;
  });
  loop.request("start");
  await timers.advance(10_000);
  expect(at).toEqual([0, 250, 750, 1750]);
  expect(timers.waiting).toEqual([60_000 - (10_000 - 1750)]);
});

test("a reconciler treats a pass that throws as failed", async () => {
  let passes = 0;
  const { timers, loop } = build(() => {
    if (++passes === 1) throw new Error("no such device");
    return true;
  });
  loop.request("start");
  await timers.advance(250);
  expect(passes).toBe(2);
});

test("a reconciler that is stopped waits for its pass and runs no other", async () => {
  let open = (): void => {};
  let passes = 0;
  const { timers, loop } = build(async () => {
    passes++;
    await new Promise<void>((resolve) => {
      open = resolve;
    });
    return false;
  });
  loop.request("start");
  await timers.advance(0);
  let ended = false;
  const stopping = loop.stop().then(() => {
    ended = true;
  });
  loop.request("config");
  await timers.advance(100_000);
  expect(ended).toBe(false);
  open();
  await stopping;
  await timers.advance(100_000);
  expect(passes).toBe(1);
  expect(timers.waiting).toEqual([]);
});
