// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { FollowState } from "./follow_state.ts";

function build() {
  const state = new FollowState(() => {});
  const told: (string | undefined)[] = [];
  const off = state.onChange(() => told.push(state.now.reason));
  return { state, told, off };
}

const running = () => new AbortController();

test("a state of following tells each reason once, and nothing to who does not listen any more", () => {
  const { state, told, off } = build();
  expect(state.now).toEqual({ synced: false, reason: "nothing was read yet" });
  state.follows("no leader");
  state.follows("no leader");
  state.follows(undefined);
  expect(told).toEqual(["no leader", undefined]);
  off();
  state.follows("no leader");
  expect(told).toHaveLength(2);
});

test("a state of following stays synced whatever comes, and says the first time only that it was the first", () => {
  const { state, told } = build();
  expect(state.read()).toBe(true);
  expect(told).toEqual([]);
  state.follows("away");
  expect(state.now).toEqual({ synced: true, reason: "away" });
  expect(state.read()).toBe(false);
});

test("who waits for everything to be read goes on when that is told, and not before", async () => {
  const { state } = build();
  let over = false;
  const waiting = state.synced(running().signal, "stopped").then(() => {
    over = true;
  });
  state.follows("away");
  await Promise.resolve();
  expect(over).toBe(false);
  state.read();
  state.follows(undefined);
  await waiting;
  await state.synced(AbortSignal.abort(), "stopped");
});

test("who waits for everything to be read is told when that is called off, or was before", async () => {
  const { state } = build();
  const [stopping, caller] = [running(), running()];
  const stopped = state.synced(stopping.signal, "it was stopped");
  const called = state.synced(stopping.signal, "it was stopped", caller.signal);
  caller.abort(new Error("no time"));
  await expect(called).rejects.toThrow("no time");
  stopping.abort();
  await expect(stopped).rejects.toThrow("it was stopped");
  await expect(state.synced(stopping.signal, "it was stopped")).rejects.toThrow("it was stopped");
  await expect(state.synced(running().signal, "it was stopped", caller.signal)).rejects.toThrow("no time");
});
