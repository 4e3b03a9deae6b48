// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { release } from "node:os";
import { openHandles } from "@strait/ffi";
import { unfit } from "@strait/ffi/testing";
import { testIf } from "@strait/testkit";
import { capabilities } from "./capabilities.ts";
import { DEFAULT_OBJECT } from "./open.ts";

testIf(unfit)("capabilities are what the kernel's version says, found by trying, once", () => {
  const handles = openHandles();
  const [major = 0, minor = 0] = release().split(".").map(Number);
  const found = capabilities(DEFAULT_OBJECT);
  expect(found).toEqual({ popMixed: major > 6 || (major === 6 && minor >= 3) ? "yes" : "no" });
  // The answer is kept: a second look opens nothing, not even a file that is not there.
  expect(capabilities("/nonexistent/encap.o")).toBe(found);
  expect(openHandles()).toBe(handles);
});

test("capabilities are asked beside the object file", () => {
  expect(DEFAULT_OBJECT).toEndWith("build/bpf/encap.o");
});
