// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Nap } from "./nap.ts";
import { FakeTimers, settle } from "./testing/mod.ts";

function build() {
  const timers = new FakeTimers();
  const stopping = new AbortController();
  const nap = new Nap();
  const held = { naps: 0 };
  const take = () => void nap.take(timers, 100, stopping.signal).then(() => held.naps++);
  return { timers, stopping, nap, held, take };
}

test("a nap ends after its time, and leaves no timer", async () => {
  const { timers, held, take } = build();
  take();
  await timers.advance(99);
  expect(held.naps).toBe(0);
  await timers.advance(1);
  expect([held.naps, timers.waiting]).toEqual([1, []]);
});

test("a nap ends when it is woken, and the next one takes its time again", async () => {
  const { timers, nap, held, take } = build();
  take();
  nap.wake();
  await settle();
  expect([held.naps, timers.waiting]).toEqual([1, []]);
  nap.wake();
  take();
  await timers.advance(99);
  expect(held.naps).toBe(1);
  await timers.advance(1);
  expect(held.naps).toBe(2);
});

test("a nap ends when its signal is aborted, and does not begin after that", async () => {
  const { timers, stopping, held, take } = build();
  take();
  stopping.abort();
  await settle();
  take();
  await settle();
  expect([held.naps, timers.waiting]).toEqual([2, []]);
});
