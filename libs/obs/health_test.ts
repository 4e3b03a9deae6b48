// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { ok, refuse } from "@strait/model";
import { Health } from "./health.ts";

test("health without checks is live and ready", () => {
  expect(new Health().liveness()).toEqual({ ok: true, failing: [] });
  expect(new Health().readiness()).toEqual({ ok: true, failing: [] });
});

test("health names every check that fails, of its own kind only", () => {
  const health = new Health();
  health.ready("a", () => refuse("not yet"));
  health.ready("b", () => ok(1));
  health.ready("c", () => {
    throw new Error("broken");
  });
  expect(health.readiness()).toEqual({ ok: false, failing: ["a: not yet", "c: broken"] });
  expect(health.liveness().ok).toBe(true);
});

test("health asks anew at every call", () => {
  const health = new Health();
  let applied = false;
  health.ready("dataplane", () => (applied ? ok(true) : refuse("nothing was applied yet")));
  expect(health.readiness().ok).toBe(false);
  applied = true;
  expect(health.readiness().ok).toBe(true);
});
