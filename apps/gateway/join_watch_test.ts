// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { FakeTimers } from "@strait/time/testing";
import { JoinWatch } from "./join_watch.ts";

/** A gateway with cables to west/a and west/b. */
function scene() {
  const timers = new FakeTimers();
  const state = {
    waiting: true,
    answers: ["west/a", "west/b"],
    undecided: [] as string[],
    joining: [] as string[],
    arrived: new Map<string, bigint>([
      ["west/a", 7n],
      ["west/b", 0n],
    ]),
    /** Of the counter of each cable. */
    index: 6144,
    joined: 0,
  };
  const link = (key: string) => {
    const rxPackets = state.arrived.get(key);
    const arrived = rxPackets === undefined ? undefined : { index: state.index, rxPackets };
    return {
      key,
      answers: state.undecided.includes(key) ? undefined : state.answers.includes(key),
      joins: state.joining.includes(key),
      arrived,
    };
  };
  const watch = new JoinWatch({
    waiting: () => state.waiting,
    links: () => ["west/a", "west/b"].map(link),
    joined: () => {
      state.joined++;
      state.waiting = false;
    },
    timers,
  });
  return { timers, state, watch };
}

describe("A gateway that joins", () => {
  test("is known once packets came over every cable whose other end answers; those of before do not count", async () => {
    const { timers, state, watch } = scene();
    watch.look();
    await timers.advance(20_000);
    expect(state.joined).toBe(0);
    expect(watch.missing).toEqual(["west/a", "west/b"]);
    state.arrived.set("west/a", 8n);
    await timers.advance(1000);
    expect(watch.missing).toEqual(["west/b"]);
    state.arrived.set("west/b", 1n);
    await timers.advance(1000);
    expect(state.joined).toBe(1);
    expect(watch.missing).toEqual([]);
  });

  test("waits a moment where nothing answers, and no longer", async () => {
    const { timers, state, watch } = scene();
    state.answers = [];
    watch.look();
    await timers.advance(2000);
    expect(state.joined).toBe(0);
    await timers.advance(2000);
    expect(state.joined).toBe(1);
  });

  test("waits for those of which it is not known yet whether they answer, though not for ever", async () => {
    const { timers, state, watch } = scene();
    state.undecided = ["west/a", "west/b"];
    watch.look();
    await timers.advance(20_000);
    expect(state.joined).toBe(0);
    await timers.advance(20_000);
    expect(state.joined).toBe(1);
  });

  test("takes what a counter holds when a cable is made, or made anew, for nobody's packets", async () => {
    const { timers, state, watch } = scene();
    state.arrived.clear();
    watch.look();
    await timers.advance(1000);
    // Counters outlive cables: an earlier one, or another one, left this.
    state.arrived.set("west/a", 1_000_000n).set("west/b", 1_000_000n);
    await timers.advance(5000);
    expect(state.joined).toBe(0);
    state.index = 6200;
    state.arrived.set("west/a", 2_000_000n).set("west/b", 10n);
    await timers.advance(20_000);
    expect(state.joined).toBe(0);
    state.arrived.set("west/a", 2_000_001n).set("west/b", 11n);
    await timers.advance(1000);
    expect(state.joined).toBe(1);
  });

  test("does in the end without one that answers and sends nothing, if another one sends; without any it waits for ever", async () => {
    const { timers, state, watch } = scene();
    watch.look();
    await timers.advance(600_000);
    expect(state.joined).toBe(0);
    state.arrived.set("west/a", 8n);
    await timers.advance(1000);
    expect(state.joined).toBe(1);
  });

  test("does in the end without those that join too, and for ever waits for one that takes part and sends nothing", async () => {
    const { timers, state, watch } = scene();
    state.joining = ["west/a"];
    watch.look();
    await timers.advance(600_000);
    expect(state.joined).toBe(0);
    state.joining = ["west/a", "west/b"];
    await timers.advance(1000);
    expect(state.joined).toBe(1);
  });

  test("begins anew when it is listed anew, and nothing runs while it waits for nothing", async () => {
    const { timers, state, watch } = scene();
    state.waiting = false;
    watch.look();
    expect(timers.waiting).toEqual([]);
    state.waiting = true;
    watch.look();
    await timers.advance(2000);
    state.waiting = false;
    await timers.advance(1000);
    expect(timers.waiting).toEqual([]);
    state.waiting = true;
    state.arrived.set("west/a", 9n).set("west/b", 9n);
    watch.look();
    await timers.advance(20_000);
    expect(state.joined).toBe(0);
    watch.stop();
    expect(timers.waiting).toEqual([]);
  });
});
