// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { readJunit } from "./junit.ts";

const xml = `<testsuites><testsuite name="a_test.ts" file="a_test.ts">
  <testcase name="works" file="a_test.ts" />
  <testcase name="x &lt;1&gt; [skip: needs &quot;root&quot; &#38; ip]" file="a_test.ts"><skipped /></testcase>
  <testsuite name="group"><testcase name="fails" file="b_test.ts"><failure message="no">no</failure></testcase></testsuite>
</testsuite></testsuites>`;

test("readJunit counts nested cases and keeps the reason of a skip", () => {
  const report = readJunit(xml);
  expect([report.passed, report.failed]).toEqual([1, 1]);
  expect(report.skipped).toEqual(['a_test.ts: x <1> [skip: needs "root" & ip]']);
  expect([...report.files]).toEqual(["a_test.ts", "b_test.ts"]);
});

test("readJunit of nothing has no files, which the runner takes for a crash", () => {
  expect(readJunit("").files.size).toBe(0);
});
