// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { wantedKind } from "./kind.ts";
import { firstAddress, hostPort } from "./program.ts";

test("wantedKind is light unless STRAIT_KUBE says real, and takes no other word", () => {
  expect(wantedKind({})).toBe("light");
  expect(wantedKind({ STRAIT_KUBE: "real" })).toBe("real");
  expect(() => wantedKind({ STRAIT_KUBE: "Real" })).toThrow("must be light or real");
});

test("hostPort puts IPv6 addresses in brackets", () => {
  expect([hostPort("127.0.0.1", 1), hostPort("fd00::1", 6443)]).toEqual(["127.0.0.1:1", "[fd00::1]:6443"]);
});

test("firstAddress is the one after the range's own", () => {
  expect([firstAddress("10.96.0.0/16"), firstAddress("fd00:10:96::/112")]).toEqual(["10.96.0.1", "fd00:10:96::1"]);
});
