// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Log } from "@strait/obs";
import { ApiError, KeyQueue, type KeyQueueOptions } from "./mod.ts";
import { FakeTimers, settle } from "./testing/mod.ts";

/** A queue whose runs end when the test says so. */
function build(options: Partial<KeyQueueOptions> = {}) {
  const timers = new FakeTimers();
  const lines: string[] = [];
  const started: string[] = [];
  const open: { key: string; end: () => void; fail: (error: Error) => void; signal: AbortSignal }[] = [];
  const queue = new KeyQueue({
    timers,
    random: () => 0.999999,
    log: new Log({ write: (line) => lines.push(line) }),
    run: (key, signal) => {
      started.push(key);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      open.push({ key, end: resolve, fail: reject, signal });
      return promise;
    },
    ...options,
  });
  return { queue, timers, lines, started, open };
}

test("a key queue starts at once and works on a key that is added many times once", async () => {
  const { queue, started, open, timers } = build();
  queue.add("a");
  queue.add("a");
  queue.add("a");
  await settle();
  expect(started).toEqual(["a"]);
  open[0]?.end();
  await queue.idle();
  expect(started).toEqual(["a"]);
  expect(queue.size).toBe(0);
  expect(timers.now()).toBe(0);
});

test("a key queue never works on a key twice at a time, and once more for what came meanwhile", async () => {
  const { queue, started, open } = build();
  queue.add("a");
  await settle();
  queue.add("a");
  queue.add("a");
  await settle();
  expect(started).toEqual(["a"]);
  open[0]?.end();
  await settle();
  expect(started).toEqual(["a", "a"]);
  open[1]?.end();
  await queue.idle();
  expect(started).toHaveLength(2);
});

test("a key queue works on so many keys at a time, in the order they came", async () => {
  const { queue, started, open } = build({ concurrency: 2 });
  for (const key of ["a", "b", "c", "d"]) queue.add(key);
  await settle();
  expect(started).toEqual(["a", "b"]);
  open[1]?.end();
  await settle();
  expect(started).toEqual(["a", "b", "c"]);
});

test("a key queue retries a key that fails later and later, while the others go on", async () => {
  let failures = 4;
  const runs: [string, number][] = [];
  const { queue, timers, lines } = build({
    firstMs: 100,
    run: async (key) => {
      runs.push([key, timers.now()]);
      if (key === "bad" && failures-- > 0) throw new Error("no room");
    },
  });
  queue.add("bad");
  await settle();
  queue.add("good");
  await timers.advance(10_000);
  expect(runs).toEqual([
    ["bad", 0],
    ["good", 0],
    ["bad", 100],
    ["bad", 300],
    ["bad", 700],
    ["bad", 1500],
  ]);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('reason="no room"');
  expect(lines[1]).toContain("works again");
  expect(queue.size).toBe(0);
});

test("a key queue starts from the first wait again after a success", async () => {
  const times: number[] = [];
  let fail = true;
  const { queue, timers } = build({
    firstMs: 100,
    run: async () => {
      times.push(timers.now());
      if (fail) throw new Error("x");
    },
  });
  queue.add("a");
  await timers.advance(300);
  fail = false;
  await timers.advance(400);
  fail = true;
  queue.add("a");
  await timers.advance(100);
  expect(times).toEqual([0, 100, 300, 700, 700, 800]);
});

test("a key queue retries at once what is added again", async () => {
  const times: number[] = [];
  const { queue, timers } = build({
    firstMs: 1000,
    run: async () => {
      times.push(timers.now());
      throw new Error("x");
    },
  });
  queue.add("a");
  await timers.advance(10);
  queue.add("a");
  await timers.advance(0);
  expect(times).toEqual([0, 10]);
  await timers.advance(2000);
  expect(times).toEqual([0, 10, 2010]);
});

test("a key queue waits as long as a server asks", async () => {
  const times: number[] = [];
  const details = { verb: "get", object: "x", reason: "TooManyRequests", retryAfterMs: 30_000 };
  const { queue, timers } = build({
    run: async () => {
      times.push(timers.now());
      throw new ApiError("slow down", details);
    },
  });
  queue.add("a");
  await timers.advance(30_000);
  expect(times).toEqual([0, 30_000]);
});

test("a key queue runs a key later, unless it is added before", async () => {
  const { queue, timers, started, open } = build();
  queue.addAfter("a", 500);
  await timers.advance(499);
  expect(started).toEqual([]);
  queue.add("a");
  await timers.advance(1000);
  expect(started).toEqual(["a"]);
  queue.addAfter("a", 100);
  open[0]?.end();
  await timers.advance(100);
  expect(started).toEqual(["a", "a"]);
});

test("a key queue that is stopped aborts what runs, waits for it and starts nothing more", async () => {
  const { queue, timers, started, open } = build({ concurrency: 1 });
  queue.add("a");
  queue.add("b");
  queue.addAfter("c", 10);
  await settle();
  let stopped = false;
  const stopping = queue.stop().then(() => {
    stopped = true;
  });
  await settle();
  expect(open[0]?.signal.aborted).toBe(true);
  expect(stopped).toBe(false);
  open[0]?.fail(new Error("aborted"));
  await stopping;
  queue.add("d");
  await timers.advance(1000);
  expect(started).toEqual(["a"]);
});

test("a key queue that is idle when stopped ends at once", async () => {
  await build().queue.stop();
});
