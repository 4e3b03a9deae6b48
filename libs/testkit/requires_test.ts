// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { requires } from "./requires.ts";

test("requires names the first thing that is missing", () => {
  expect(requires({ commands: ["sh", "no-such-program"] })).toBe("needs the program no-such-program");
  expect(requires({ files: ["no/such/file.so"] })).toBe("needs the file no/such/file.so");
});

test("requires gives no reason when everything is there", () => {
  expect(requires({ commands: ["sh"], files: [import.meta.path] })).toBeUndefined();
  expect(requires({})).toBeUndefined();
});

test("requires asks for user 0 where root is needed", () => {
  expect(requires({ root: true })).toBe(process.geteuid?.() === 0 ? undefined : "needs root");
});
