// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { must } from "@strait/model";
import { parseLabelSelector } from "./label_selector.ts";

const labels = { app: "web", tier: "front", n: "7", empty: "" };
const yes = [
  "",
  " ",
  "app",
  "app=web",
  "app == web",
  "app!=api",
  "missing!=x",
  "app in (api, web)",
  "app notin (api)",
  "missing notin (x)",
  "!missing",
  "! missing",
  "app=web,tier=front",
  "app in (web),!canary,tier",
  "n>6",
  "n<8",
  "empty=",
  "empty in ()",
  "empty in (,x)",
];
const no = [
  "app=api",
  "missing",
  "missing=",
  "app!=web",
  "app in (api)",
  "app notin (web,x)",
  "!app",
  "app=web,tier=back",
  "n>7",
  "app>1",
  "missing<1",
];
const refused: [text: string, reason: string][] = [
  ["app=web,", "unable to parse requirement: found '', expected: identifier after ','"],
  ["app in web", "unable to parse requirement: found 'web', expected: '('"],
  ["app in (web", "unable to parse requirement: found '', expected: ',' or ')'"],
  ["app web", "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt"],
  ["app=web tier", "unable to parse requirement: found 'tier', expected: ',' or 'end of string'"],
  ["=web", "unable to parse requirement: found '=', expected: !, identifier, or 'end of string'"],
  [
    "n>x",
    `unable to parse requirement: values[0][n]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
  ],
];

for (const text of yes)
  test(`a label selector matches: ${text}`, () => expect(must(parseLabelSelector(text)).matches(labels)).toBe(true));
for (const text of no)
  test(`a label selector does not match: ${text}`, () => expect(must(parseLabelSelector(text)).matches(labels)).toBe(false));
for (const [text, reason] of refused)
  test(`a label selector is refused: ${text}`, () => expect(parseLabelSelector(text)).toEqual({ ok: false, reason }));

test("a label selector with a bad key or value is refused with the grammar", () => {
  for (const text of ["a/b/c=x", "app=-x", "app in (a, -)", "!/x"])
    expect([text, parseLabelSelector(text).ok]).toEqual([text, false]);
});

test("a label selector tells its requirements", () => {
  expect(must(parseLabelSelector("a=b,c notin (e,d),!f")).requirements).toEqual([
    { key: "a", operator: "=", values: ["b"] },
    { key: "c", operator: "notin", values: ["d", "e"] },
    { key: "f", operator: "!", values: [] },
  ]);
});

test("a label selector sees an object without labels", () => {
  expect(must(parseLabelSelector("!a,b!=c")).matches(undefined)).toBe(true);
});
