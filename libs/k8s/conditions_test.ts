// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type Condition, microTimestamp, removeCondition, setCondition, timestamp } from "./mod.ts";

const AWAY: Condition = { type: "Synced", status: "False", reason: "BrokerAway", message: "The broker does not answer." };
const T0 = Date.UTC(2026, 0, 1);

test("setCondition adds a condition with the time it began", () => {
  expect(setCondition(undefined, AWAY, T0)).toEqual([{ ...AWAY, lastTransitionTime: "2026-01-01T00:00:00Z" }]);
});

test("setCondition answers the very same list where nothing differs", () => {
  const once = setCondition([], AWAY, T0);
  expect(setCondition(once, AWAY, T0 + 5000)).toBe(once);
});

test("setCondition keeps the time while the status stays and moves it with the status", () => {
  const once = setCondition([], AWAY, T0);
  const refused = setCondition(once, { ...AWAY, reason: "Forbidden", message: "No." }, T0 + 5000);
  expect(refused).toEqual([{ ...AWAY, reason: "Forbidden", message: "No.", lastTransitionTime: "2026-01-01T00:00:00Z" }]);
  const back = setCondition(refused, { ...AWAY, status: "True" }, T0 + 9000);
  expect(back[0]?.lastTransitionTime).toBe("2026-01-01T00:00:09Z");
});

test("setCondition leaves the others and their order alone", () => {
  const other = { type: "Ready", status: "True", extra: 1 };
  const list = setCondition([other, { type: "Synced", status: "True" }], AWAY, T0);
  expect(list.map(({ type }) => type)).toEqual(["Ready", "Synced"]);
  expect(list[0]).toBe(other);
});

test("removeCondition takes one out, and answers the very same list where there is none", () => {
  const list = setCondition([], AWAY, T0);
  expect(removeCondition(list, "Synced")).toEqual([]);
  expect(removeCondition(list, "Ready")).toBe(list);
});

test("times are written as Kubernetes writes them", () => {
  expect(timestamp(T0 + 1)).toBe("2026-01-01T00:00:00Z");
  expect(microTimestamp(T0 + 1)).toBe("2026-01-01T00:00:00.001000Z");
});
