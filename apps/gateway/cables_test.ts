// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { ArrivalWatch } from "./cables.ts";

test("packets that came before the first look do not count as coming", () => {
  const watch = new ArrivalWatch(10_000);
  expect(watch.receiving("west/gw1", 100n, 0)).toBe(false);
  expect(watch.receiving("west/gw1", 100n, 1000)).toBe(false);
});

test("a counter that grows counts for a while, each cable for itself", () => {
  const watch = new ArrivalWatch(10_000);
  watch.receiving("west/gw1", 100n, 0);
  watch.receiving("west/gw2", 100n, 0);
  expect(watch.receiving("west/gw1", 101n, 1000)).toBe(true);
  expect(watch.receiving("west/gw2", 100n, 1000)).toBe(false);
  expect(watch.receiving("west/gw1", 101n, 11_000)).toBe(true);
  expect(watch.receiving("west/gw1", 101n, 11_001)).toBe(false);
});

test("a cable that is forgotten begins anew", () => {
  const watch = new ArrivalWatch(10_000);
  watch.receiving("west/gw1", 100n, 0);
  watch.receiving("west/gw2", 100n, 0);
  watch.keep(new Set(["west/gw2"]));
  expect(watch.receiving("west/gw1", 101n, 1000)).toBe(false);
  expect(watch.receiving("west/gw2", 101n, 1000)).toBe(true);
});
