// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { label1035Fault, labelFault, labelKeyFault, labelValueFault, pathSegmentFault, subdomainFault } from "./names.ts";

const good: [check: (name: string) => string | undefined, names: string[]][] = [
  [labelFault, ["a", "0", "a-b", "a".repeat(63)]],
  [label1035Fault, ["a", "a-0"]],
  [subdomainFault, ["a.b", "cluster-egress.submariner.io", `${"a".repeat(63)}.b`]],
  [pathSegmentFault, ["system:node", "A B"]],
  [labelKeyFault, ["app", "kubernetes.io/os", "A_b.c", "submariner-io/clusterID"]],
  [labelValueFault, ["", "A_b.c", "1".repeat(63)]],
];
const bad: typeof good = [
  [labelFault, ["", "A", "-a", "a-", "a.b", "a".repeat(64), "ä", "a\n"]],
  [label1035Fault, ["0a", "a."]],
  [subdomainFault, ["", "a..b", ".a", "a_b", "a".repeat(254)]],
  [pathSegmentFault, [".", "..", "a/b", "a%b"]],
  [labelKeyFault, ["", "/a", "a/", "a/b/c", "A.io/x", "a b", "x".repeat(64)]],
  [labelValueFault, ["a b", "-a", "x".repeat(64), "a,b"]],
];

for (const [check, names] of good) {
  test(`${check.name} lets good names through`, () => {
    for (const name of names) expect([name, check(name)]).toEqual([name, undefined]);
  });
}
for (const [check, names] of bad) {
  test(`${check.name} refuses bad names with a sentence`, () => {
    for (const name of names) expect([name, typeof check(name)]).toEqual([name, "string"]);
  });
}

test("subdomainFault speaks as the API server does", () => {
  expect(subdomainFault("A")).toBe(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  );
});

test("labelValueFault speaks as the API server does", () => {
  expect(labelValueFault("a b")).toEndWith(
    "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  );
});
