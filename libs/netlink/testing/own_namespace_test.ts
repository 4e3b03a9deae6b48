// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { readReport } from "./own_namespace.ts";

test("readReport tells failed tests from passed ones", () => {
  const xml = `<testsuite name="a"><testcase name="a &quot;b&quot; &lt;c&gt;" classname="x" time="0" />
    <testcase name="d" time="0">
      <failure type="AssertionError" />
    </testcase></testsuite>`;
  expect(readReport(xml)).toEqual([
    { name: 'a "b" <c>', failed: false },
    { name: "d", failed: true },
  ]);
});
