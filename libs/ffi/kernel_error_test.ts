// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { check, KernelError } from "./kernel_error.ts";

test.each([
  [1, "EPERM"],
  [19, "ENODEV"],
  [105, "ENOBUFS"],
  [524, "ENOTSUPP"],
  [999, "errno 999"],
])("KernelError names errno %d as %s", (errno, name) => {
  expect(new KernelError("load", "x", errno).errnoName).toBe(name);
});

test("KernelError says verb, object, name and text", () => {
  const error = new KernelError("attach", "p at eth0", -19, { log: "whole log" });
  expect(error.message).toBe("cannot attach p at eth0: ENODEV (no such device)");
  expect(error).toMatchObject({ name: "KernelError", verb: "attach", object: "p at eth0", errno: 19, log: "whole log" });
});

test("KernelError prefers the kernel's own words and keeps the cause", () => {
  const cause = new Error("below");
  const error = new KernelError("add", "route", 22, { detail: "Nexthop has invalid gateway", cause });
  expect(error.message).toBe("cannot add route: EINVAL (Nexthop has invalid gateway)");
  expect(error.cause).toBe(cause);
});

test("check passes results on and throws negative ones", () => {
  expect(check(0, "x", "y")).toBe(0);
  expect(check(7, "x", "y")).toBe(7);
  expect(() => check(-2, "open", "map")).toThrow("cannot open map: ENOENT");
});
