// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { notCarried } from "./carried.ts";

test("notCarried is content where every stage counted what arrived", () => {
  expect(notCarried({ worker: 100, gateway: 0 }, { worker: 1100, gateway: 950 }, 1000)).toBeUndefined();
});

test.each([
  ["a stage that did not move", { worker: 5, gateway: 7 }, { worker: 2000, gateway: 7 }, "gateway counted 0 of 1000 bytes"],
  ["a stage that saw a part only", { worker: 0 }, { worker: 800 }, "worker counted 800 of 1000 bytes"],
  ["counters that cannot be read", { worker: 0 }, { worker: Number.NaN }, "worker counted NaN of 1000 bytes"],
  ["a way without stages", {}, {}, "this way counts nothing"],
])("notCarried says so for %s", (_what, before, after, reason) => {
  expect(notCarried(before, after, 1000)).toBe(reason);
});
