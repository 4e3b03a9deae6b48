// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type Address, address } from "@strait/model";
import { FakeTimers } from "@strait/time/testing";
import { ProbeAim } from "./probe_aim.ts";
import type { Prober, ProbeTarget } from "./prober.ts";

function build(remoteCount: number) {
  const timers = new FakeTimers();
  const told: ReadonlyMap<string, ProbeTarget>[] = [];
  const held: { own: readonly Address[] | undefined } = { own: [address("10.1.0.1")] };
  const prober: Pick<Prober, "setTargets"> = { setTargets: (targets) => void told.push(targets) };
  const aim = new ProbeAim({ prober, source: { remoteEndpoints: [], remoteCount }, own: () => held.own, timers });
  return { aim, timers, told, held };
}

test("the aim of the probes is told at once where that is asked, and not before the own addresses are known", () => {
  const { aim, told, held } = build(0);
  held.own = undefined;
  aim.now();
  expect(told).toEqual([]);
  held.own = [address("10.1.0.1")];
  aim.now();
  expect(told).toEqual([new Map()]);
});

test.each([
  [1, 4],
  [100, 400],
  [256, 1000],
])("the aim of the probes is told once for all changes of a while: of %p clusters in %p ms", async (clusters, wait) => {
  const { aim, timers, told } = build(clusters);
  for (let i = 0; i < 3; i++) aim.soon();
  await timers.advance(wait - 1);
  expect(told).toHaveLength(0);
  await timers.advance(1);
  expect(told).toHaveLength(1);
  aim.soon();
  await timers.advance(wait);
  expect(told).toHaveLength(2);
});

test("the aim of the probes is told no more once it was stopped", async () => {
  const { aim, timers, told } = build(1);
  aim.soon();
  aim.stop();
  await timers.advance(1000);
  expect(told).toEqual([]);
});

test("the aim of probes tells of each look, also where nothing is probed", () => {
  let looks = 0;
  const source = { remoteEndpoints: [], remoteCount: 1 };
  const aim = new ProbeAim({ prober: undefined, source, own: () => [], aimed: () => looks++, timers: new FakeTimers() });
  aim.now();
  expect(looks).toBe(1);
});
