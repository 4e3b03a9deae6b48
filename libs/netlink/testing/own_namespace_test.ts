// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { readReport } from "./own_namespace.ts";

test("readReport tells failed, skipped and passed tests apart", () => {
  const xml = `<testsuite name="a"><testcase name="a &quot;b&quot; &lt;c&gt;" classname="x" time="0" />
    <testcase name="d" time="0">
      <failure type="AssertionError" />
    </testcase><testcase name="e [skip: no reason]"><skipped /></testcase></testsuite>`;
  expect(readReport(xml)).toEqual([
    { name: 'a "b" <c>', failed: false, skipped: false },
    { name: "d", failed: true, skipped: false },
    { name: "e [skip: no reason]", failed: false, skipped: true },
  ]);
});
