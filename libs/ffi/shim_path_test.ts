// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { shimPath } from "./shim_path.ts";

test("shimPath is under build/ of the repository", () => {
  expect(shimPath({})).toMatch(/\/build\/native\/libstraitshim\.so$/);
  expect(shimPath({})).not.toContain("/libs/");
});

test("shimPath follows STRAIT_BUILD", () => {
  expect(shimPath({ STRAIT_BUILD: "/opt/strait" })).toBe("/opt/strait/native/libstraitshim.so");
});
