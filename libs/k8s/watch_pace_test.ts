// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { ApiError } from "./api_error.ts";
import { WatchPace } from "./watch_pace.ts";

const away = new Error("away");
const build = () => new WatchPace(() => 0.999999);

test("a watch that fails is tried again ever more seldom, up to 15 seconds, and soon after one that worked", () => {
  const pace = build();
  expect(Array.from({ length: 8 }, () => pace.next(away))).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  pace.works();
  expect(pace.next(away)).toBe(250);
});

test("a watch is not tried again before the server asked for it", () => {
  const pace = build();
  const busy = new ApiError("too many requests", {
    verb: "watch",
    object: "pods",
    reason: "TooManyRequests",
    retryAfterMs: 3000,
  });
  expect(pace.next(busy)).toBe(3000);
  expect(pace.next(away)).toBe(500);
});

test("a version that is gone shows that the server is there again, once until a watch works", () => {
  const pace = build();
  for (let i = 0; i < 5; i++) pace.next(away);
  pace.expired();
  expect(pace.next(away)).toBe(250);
  pace.expired();
  expect(pace.next(away)).toBe(500);
  pace.works();
  pace.next(away);
  pace.expired();
  expect(pace.next(away)).toBe(250);
});
