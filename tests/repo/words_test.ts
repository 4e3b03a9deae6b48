// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { type Rule, sourceFiles } from "./source_files.ts";
import { decisions, linksLead, noMachines, openChanges } from "./words.ts";

const files = await sourceFiles();
const rules: Record<string, Rule> = { noMachines, linksLead, decisions, openChanges };

describe("the words of the repository keep the rule", () => {
  test.each(Object.keys(rules))("%s", (name) => {
    expect(rules[name]?.(files)).toEqual([]);
  });
});

describe("a bad sample is caught by", () => {
  const record = "# 0001: Name\nDate: 2026-11-21\nStatus: accepted\n## Context\n## Decision\n## Consequences\n";
  const rows: [rule: string, why: string, path: string, text: string][] = [
    ["noMachines", "a registry", "a.md", `see https:${"//"}registry.${"npmjs"}.org/bun`],
    ["noMachines", "a folder of one machine", "a.ts", `open("${"/wor"}k/main/a")`],
    ["noMachines", "somebody's home", "a.sh", `cd ${"/hom"}e/me`],
    ["linksLead", "a link to nothing", "docs/a.md", "[b](b.md)"],
    ["decisions", "a gap", "docs/adr/0002-b.md", record.replace("0001", "0002")],
    ["decisions", "a missing part", "docs/adr/0001-a.md", record.replace("## Context\n", "")],
    ["openChanges", "no open section", "CHANGELOG.md", "# Changes\n\n## 1.0.0\n"],
  ];
  test.each(rows)("%s: %s", (rule, _why, path, text) => {
    expect(rules[rule]?.([{ path, text }])).toHaveLength(1);
  });
});

test("noMachines does not mind a relative folder of the same name", () => {
  expect(noMachines([{ path: "a.ts", text: `"./${"work"}/a" "build${"/wor"}k/a"` }])).toEqual([]);
});
