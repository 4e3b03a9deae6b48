// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { must } from "@strait/model";
import { parseFieldSelector } from "./field_selector.ts";

const pod = { group: "", kind: "Pod" };
const object = {
  metadata: { name: "a", namespace: "default" },
  spec: { nodeName: "w1" },
  status: { phase: "Running", podIPs: [{ ip: "10.1.0.5" }, { ip: "fd00::5" }] },
};
const yes = [
  "",
  "metadata.name=a",
  "metadata.name==a,metadata.namespace=default",
  "metadata.name!=b",
  "spec.nodeName=w1,status.phase!=Failed",
  "status.podIPs=fd00::5",
  "status.nominatedNodeName=",
  "spec.hostNetwork=false",
];
const no = ["metadata.name=b", "metadata.name!=a", "spec.nodeName=", "status.podIP=10.1.0.5", "spec.hostNetwork=true"];

for (const text of yes)
  test(`a field selector matches: ${text}`, () => expect(must(parseFieldSelector(text, pod)).matches(object)).toBe(true));
for (const text of no)
  test(`a field selector does not match: ${text}`, () => expect(must(parseFieldSelector(text, pod)).matches(object)).toBe(false));

const refused: [text: string, of: { group: string; kind: string }, reason: string][] = [
  ["spec.image=x", pod, "field label not supported: spec.image"],
  ["spec.x=y", { group: "submariner.io", kind: "Endpoint" }, "field label not supported: spec.x"],
  [
    "spec.x=y",
    { group: "", kind: "ConfigMap" },
    '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  ["metadata.name", pod, "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ["metadata.name=a\\b", pod, "invalid field selector: invalid escape sequence in 'a\\b'"],
];
for (const [text, of, reason] of refused)
  test(`a field selector is refused: ${of.kind} ${text}`, () =>
    expect(parseFieldSelector(text, of)).toEqual({ ok: false, reason }));

test("a field selector takes the selectable fields of a CRD", () => {
  const selector = must(parseFieldSelector("spec.color=red", { group: "x.example.com", kind: "Car" }, ["spec.color"]));
  expect([selector.matches({ spec: { color: "red" } }), selector.matches({ spec: {} })]).toEqual([true, false]);
});

test("a field selector reads escapes", () => {
  expect(must(parseFieldSelector("metadata.name=a\\,b\\=c\\\\d", pod)).terms).toEqual([
    { path: "metadata.name", value: "a,b=c\\d", equal: true },
  ]);
});

test("a field selector finds the source of an Event in either place", () => {
  const selector = must(parseFieldSelector("source=gateway", { group: "", kind: "Event" }));
  expect(selector.matches({ source: { component: "gateway" } })).toBe(true);
  expect(selector.matches({ reportingComponent: "gateway" })).toBe(true);
  expect(selector.matches({ source: { component: "other" }, reportingComponent: "gateway" })).toBe(false);
});
