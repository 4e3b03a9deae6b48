// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { goDuration } from "./go_duration.ts";

test.each([
  [0, "0s"],
  [0.000_000_4, "0s"],
  [0.000_001, "1ns"],
  [0.000_999, "999ns"],
  [0.001, "1µs"],
  [0.350_5, "350.5µs"],
  [1, "1ms"],
  [1.2, "1.2ms"],
  [0.123_456, "123.456µs"],
  [999.999_999, "999.999999ms"],
  [1000, "1s"],
  [1500, "1.5s"],
  [60_000, "1m0s"],
  [90_000, "1m30s"],
  [3_600_000, "1h0m0s"],
  [5_025_250, "1h23m45.25s"],
])("goDuration writes %p milliseconds as Go does: %p", (milliseconds, text) => {
  expect(goDuration(milliseconds)).toBe(text);
});
