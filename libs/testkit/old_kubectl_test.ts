// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { oldKubectl } from "./old_kubectl.ts";

const version = (minor: string): string => JSON.stringify({ clientVersion: { major: "1", minor } }, undefined, 2);

test("oldKubectl has nothing against 1.27 and later, whatever a vendor adds", () => {
  expect(oldKubectl(version("27"))).toBeUndefined();
  expect(oldKubectl(version("34+"))).toBeUndefined();
});

test("oldKubectl names a kubectl that is too old, and one that says nothing", () => {
  expect(oldKubectl(version("20"))).toBe("kubectl 1.20 is older than 1.27");
  expect(oldKubectl("")).toBe("kubectl does not say which version it is");
});
