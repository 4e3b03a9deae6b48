// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Log } from "./log.ts";
import { StateLog } from "./state_log.ts";

function memory(): { states: StateLog; lines: string[] } {
  const lines: string[] = [];
  return { states: new StateLog(new Log({ write: (line) => lines.push(line) })), lines };
}

test("a state log writes a state once, however often it is set", () => {
  const { states, lines } = memory();
  expect(states.set("cable", "down", "warn", "cable is down")).toBe(true);
  for (let i = 0; i < 100; i++) expect(states.set("cable", "down", "warn", "cable is down")).toBe(false);
  expect(lines).toHaveLength(1);
});

test("a state log writes again when the state differs or another subject is meant", () => {
  const { states, lines } = memory();
  states.set("cable", "down", "warn", "cable is down");
  states.set("cable", "slow", "warn", "cable is slow");
  states.set("cable2", "slow", "warn", "cable is slow");
  expect(lines).toHaveLength(3);
});

test("a state log writes the end of a state once and nothing for what had none", () => {
  const { states, lines } = memory();
  expect(states.clear("cable", "cable is up")).toBe(false);
  states.set("cable", "down", "warn", "cable is down");
  expect(states.clear("cable", "cable is up")).toBe(true);
  expect(states.clear("cable", "cable is up")).toBe(false);
  expect(lines).toHaveLength(2);
  expect(states.set("cable", "down", "warn", "cable is down")).toBe(true);
});

test("a state log lists its subjects by prefix", () => {
  const { states } = memory();
  states.set("problem a", "x", "warn", "p");
  states.set("failure b", "x", "warn", "f");
  expect(states.subjects("problem ")).toEqual(["problem a"]);
});
