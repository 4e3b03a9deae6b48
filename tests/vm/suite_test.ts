// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { judge } from "./suite.ts";

const PASSED = { file: "x", name: "a", outcome: "passed", detail: "" } as const;
const FAILED = { file: "x", name: "b", outcome: "failed", detail: "why" } as const;

describe("a test file in the guest", () => {
  test("is what its tests are when it ended as they did", () => {
    expect(judge({ exit: 0 }, ["x"], [PASSED], "")).toEqual([[PASSED]]);
    expect(judge({ exit: 1 }, ["x"], [PASSED, FAILED], "")).toEqual([[PASSED, FAILED]]);
  });

  test("has its own outcomes where several ran in one process", () => {
    const other = { ...PASSED, file: "y" };
    expect(judge({ exit: 1 }, ["x", "y"], [PASSED, other, FAILED], "")).toEqual([[PASSED, FAILED], [other]]);
  });

  test("fails when it left no report, whatever became of the others of its process", () => {
    const missing = { name: "did not load, or has no tests", outcome: "failed", detail: "Cannot find module x" } as const;
    expect(judge({ exit: 0 }, ["x"], [], "Cannot find module x")).toEqual([[missing]]);
    expect(judge({ exit: 1 }, ["x", "y"], [PASSED], "Cannot find module x")).toEqual([[PASSED], [missing]]);
  });

  test("fails when its process crashed after its tests passed", () => {
    const outcomes = judge({ exit: -1 }, ["x", "y"], [PASSED, { ...PASSED, file: "y" }], "Segmentation fault");
    expect(outcomes.flat().map((test) => test.outcome)).toEqual(["passed", "failed", "passed"]);
  });
});
