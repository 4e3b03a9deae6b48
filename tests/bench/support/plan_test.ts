// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { caseName, type Way, ways } from "./measurement.ts";
import { casesOf, orderOf } from "./plan.ts";

test("casesOf covers both wires, both families and every test once", () => {
  const names = casesOf().map(caseName);
  expect(names).toHaveLength(20);
  expect(new Set(names).size).toBe(20);
  expect(names.slice(0, 5)).toEqual([
    "tcp x1 IPv4, gso wire",
    "tcp x4 IPv4, gso wire",
    "tcp x16 IPv4, gso wire",
    "udp64 IPv4, gso wire",
    "rr IPv4, gso wire",
  ]);
});

test("casesOf changes the wire once in a round", () => {
  const wires = casesOf().map(({ wire }) => wire);
  expect(wires.filter((wire, index) => index > 0 && wire !== wires[index - 1])).toHaveLength(1);
});

test("casesOf keeps to what was chosen; a choice of streams is about TCP only", () => {
  expect(casesOf({ tests: ["tcp", "rr"], families: [6], wires: ["mtu"], streams: [4] }).map(caseName)).toEqual([
    "tcp x4 IPv6, mtu wire",
    "rr IPv6, mtu wire",
  ]);
});

test("orderOf has every way at every place equally often", () => {
  const orders = [0, 1, 2, 3, 4, 5].map((n) => orderOf(ways, n));
  for (const place of [0, 1, 2]) {
    for (const way of ways) expect(orders.filter((order) => order[place] === way)).toHaveLength(2);
  }
  const two: Way[] = ["plain", "ours"];
  expect(orderOf(two, 3)).toEqual(["ours", "plain"]);
});
