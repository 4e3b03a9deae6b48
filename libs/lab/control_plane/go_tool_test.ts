// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { goTool, isAtLeast } from "./go_tool.ts";

test("isAtLeast compares versions by number, not by letter", () => {
  const cases: [string, string, boolean][] = [
    ["1.24.0", "1.24.0", true],
    ["1.26.6", "1.24.0", true],
    ["1.9.7", "1.24.0", false],
    ["1.24", "1.24.1", false],
    ["1.26rc1", "1.26", true],
    ["2.0", "1.24.0", true],
    ["", "1.24.0", false],
  ];
  expect(cases.map(([version, wanted]) => isAtLeast(version, wanted))).toEqual(cases.map(([, , yes]) => yes));
});

test("goTool says what is wanted where no go is new enough", async () => {
  await expect(goTool("/nowhere/", "99.0")).rejects.toThrow("needs go 99.0 or newer");
});
