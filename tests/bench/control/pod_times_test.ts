// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { heardOf } from "./pod_times.ts";

const LOG = `I1121 19:47:54.900000      77 kubelet.go:2400] "SyncLoop UPDATE" source="api" pods=["default/p1"]
I1121 19:47:55.123456      77 kubelet.go:2426] "SyncLoop ADD" source="api" pods=["default/p0","default/p1"]
I1121 19:47:56.000000      77 kubelet.go:2426] "SyncLoop ADD" source="api" pods=["default/p10"]
`;

test("heardOf takes the time at which a pod was added, to the microsecond", () => {
  const now = new Date(2026, 10, 21, 20);
  expect(heardOf(LOG, "p1", now)).toBe(new Date(2026, 10, 21, 19, 47, 55).getTime() + 123.456);
  expect(heardOf(LOG, "p10", now)).toBe(new Date(2026, 10, 21, 19, 47, 56).getTime());
});

test("heardOf knows nothing of a pod that the log does not name", () => {
  expect(heardOf(LOG, "p", new Date())).toBeUndefined();
  expect(heardOf("", "p1", new Date())).toBeUndefined();
});
