// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { WaitingNames } from "./waiting_names.ts";

test("waiting names are told once, when the side that they wait for is followed again", () => {
  const waiting = new WaitingNames();
  expect(waiting.following("broker", true)).toEqual([]);
  waiting.park("broker", "west");
  expect(waiting.following("broker", true)).toEqual([]);
  expect(waiting.following("local", true)).toEqual([]);
  expect(waiting.size).toBe(1);
  expect(waiting.following("broker", false)).toEqual([]);
  expect(waiting.following("broker", true)).toEqual(["west"]);
  waiting.following("broker", false);
  expect(waiting.following("broker", true)).toEqual([]);
  expect(waiting.size).toBe(0);
});

test("waiting names that were made are looked at whenever their side is followed again, until they were seen", () => {
  const waiting = new WaitingNames();
  waiting.made("broker", "east");
  expect([waiting.unseen("broker"), waiting.unseen("local"), waiting.size]).toEqual([true, false, 0]);
  expect(waiting.following("broker", true)).toEqual(["east"]);
  waiting.following("broker", false);
  expect(waiting.following("broker", true)).toEqual(["east"]);
  waiting.seen("broker", "east");
  waiting.following("broker", false);
  expect(waiting.following("broker", true)).toEqual([]);
  expect(waiting.unseen("broker")).toBe(false);
});

test("waiting names that are held count as work, until they are released", () => {
  const waiting = new WaitingNames();
  waiting.hold("west-old");
  waiting.hold("west-old");
  expect([[...waiting.held], waiting.size]).toEqual([["west-old"], 1]);
  waiting.release("west-old");
  expect([[...waiting.held], waiting.size]).toEqual([[], 0]);
});
