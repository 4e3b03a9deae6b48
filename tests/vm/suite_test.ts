// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { judge } from "./suite.ts";

const PASSED = { name: "a", outcome: "passed", detail: "" } as const;
const FAILED = { name: "b", outcome: "failed", detail: "why" } as const;

describe("a test file in the guest", () => {
  test("is what its tests are when it ended as they did", () => {
    expect(judge({ exit: 0 }, [PASSED], "")).toEqual([PASSED]);
    expect(judge({ exit: 1 }, [PASSED, FAILED], "")).toEqual([PASSED, FAILED]);
  });

  test("fails when it left no report", () => {
    expect(judge({ exit: 0 }, [], "Cannot find module x")).toEqual([
      { name: "did not load, or has no tests", outcome: "failed", detail: "Cannot find module x" },
    ]);
  });

  test("fails when it crashed after its tests passed", () => {
    expect(judge({ exit: -1 }, [PASSED], "Segmentation fault").map((test) => test.outcome)).toEqual(["passed", "failed"]);
  });
});
