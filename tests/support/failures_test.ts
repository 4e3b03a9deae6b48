// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { failures } from "./failures.ts";

test("failures gives what was printed before each failed test and nothing of those that passed", () => {
  const output =
    "a_test.ts:\nnoise\n(pass) one\nerror: \u001b[31mexpected 1\u001b[0m\n(fail) sums > two [1.00ms]\nwhy\n(fail) three\n 1 pass\n";
  expect(failures(output)).toEqual([
    "a_test.ts:\nerror: expected 1\n(fail) sums > two [1.00ms]",
    "a_test.ts:\nwhy\n(fail) three",
  ]);
});

test("failures finds none where every test passed", () => {
  expect(failures("a_test.ts:\n(pass) one\n 1 pass\n 0 fail\n")).toEqual([]);
  expect(failures("")).toEqual([]);
});

test("failures keeps the end of what a talkative test printed", () => {
  const [only = ""] = failures(`${"noise\n".repeat(1000)}error: at the end\n(fail) talks\n`);
  expect(only).toEndWith("error: at the end\n(fail) talks");
  expect(only.split("\n").length).toBeLessThan(100);
});
