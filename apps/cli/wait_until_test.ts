// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { FakeTimers } from "@strait/time/testing";
import { waitUntil } from "./wait_until.ts";

const never = () => Promise.resolve(undefined);

test("waitUntil looks at once, then in growing pauses, and gives what it finds", async () => {
  const timers = new FakeTimers();
  const seen: number[] = [];
  const look = () => {
    seen.push(Math.round(timers.elapsed()));
    return Promise.resolve(seen.length === 4 ? "there" : undefined);
  };
  const found = waitUntil(look, { timeoutMs: 60_000, signal: new AbortController().signal, timers });
  await timers.advance(1000);
  expect(await found).toBe("there");
  expect(seen).toEqual([0, 50, 125, 238]);
});

test("waitUntil gives up where the next look would come too late", async () => {
  const timers = new FakeTimers();
  const found = waitUntil(never, { timeoutMs: 200, signal: new AbortController().signal, timers });
  await timers.advance(126);
  expect(await found).toBeUndefined();
});

test("waitUntil with no time looks once", async () => {
  const timers = new FakeTimers();
  expect(await waitUntil(never, { timeoutMs: 0, signal: new AbortController().signal, timers })).toBeUndefined();
  expect(timers.waiting).toEqual([]);
});

test("waitUntil ends in a pause when it is called off, with the reason", async () => {
  const timers = new FakeTimers();
  const called = new AbortController();
  const found = waitUntil(never, { timeoutMs: 60_000, signal: called.signal, timers });
  const ended = found.catch((error: unknown) => error);
  await timers.advance(60);
  called.abort(new Error("interrupted"));
  expect(await ended).toEqual(new Error("interrupted"));
  expect(timers.waiting).toEqual([]);
});
