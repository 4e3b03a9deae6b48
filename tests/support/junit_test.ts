// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { readOutcomes } from "./junit.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="5">
  <testsuite name="a_test.ts" file="a_test.ts" tests="5" hostname="vm">
    <testsuite name="outer &lt;x&gt; &amp; &quot;q&quot;" file="a_test.ts" line="2" tests="3">
      <testsuite name="inner" file="a_test.ts" line="2" tests="3">
        <testcase name="works &apos;a&apos; &lt; b" classname="inner" file="a_test.ts" line="2" assertions="0" />
        <testcase name="fails" classname="inner" file="a_test.ts" line="2" assertions="1">
          <failure type="AssertionError" message="short">long &#10;reason</failure>
        </testcase>
        <testcase name="is skipped" classname="inner" file="a_test.ts" line="2" assertions="0">
          <skipped />
        </testcase>
      </testsuite>
    </testsuite>
    <testcase name="stands alone" classname="" file="a_test.ts" line="3" assertions="0" />
    <testcase name="times out" classname="" file="a_test.ts" line="4" assertions="0">
      <failure type="TimeoutError" message="test timed out" />
    </testcase>
  </testsuite>
</testsuites>`;

describe("a JUnit report", () => {
  test("gives every test with its groups, outcome and reason", () => {
    const file = "a_test.ts";
    expect(readOutcomes(REPORT)).toEqual([
      { file, name: `outer <x> & "q" > inner > works 'a' < b`, outcome: "passed", detail: "" },
      { file, name: `outer <x> & "q" > inner > fails`, outcome: "failed", detail: "long \nreason" },
      { file, name: `outer <x> & "q" > inner > is skipped`, outcome: "skipped", detail: "" },
      { file, name: "stands alone", outcome: "passed", detail: "" },
      { file, name: "times out", outcome: "failed", detail: "test timed out" },
    ]);
  });

  test("of a run that crashed is empty and gives nothing", () => {
    expect(readOutcomes("")).toEqual([]);
  });
});
