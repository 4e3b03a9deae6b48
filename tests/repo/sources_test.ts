// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { type Rule, sourceFiles } from "./source_files.ts";
import { length, longest, names, noAny, noLeftovers, spdx } from "./sources.ts";

const files = await sourceFiles();
const rules: Record<string, Rule> = { spdx, length, names, noAny, noLeftovers };

describe("every source file keeps the rule", () => {
  test.each(Object.keys(rules))("%s", (name) => {
    expect(rules[name]?.(files)).toEqual([]);
  });
});

describe("a bad sample is caught by", () => {
  const apache = "// SPDX-License-Identifier: Apache-2.0\n";
  const rows: [rule: string, why: string, path: string, text: string][] = [
    ["spdx", "no line at all", "libs/model/a.ts", "export const a = 1;\n"],
    ["spdx", "not in the first line", "libs/model/a.ts", `\n${apache}`],
    ["spdx", "the wrong license in bpf/", "bpf/lib/a.h", "/* SPDX-License-Identifier: Apache-2.0 */\n"],
    ["spdx", "a script without", "justw", "#!/bin/sh\nexit 0\n"],
    ["length", "one line too many", "libs/model/a.ts", "x\n".repeat(longest + 1)],
    ["names", "capital letters", "libs/model/slotTable.ts", apache],
    ["names", "dashes", "libs/model/slot-table.ts", apache],
    ["names", "the other test suffix", "libs/model/a.test.ts", apache],
    ["names", "a test of nothing", "libs/model/ghost_test.ts", apache],
    ["noAny", "a type", "libs/model/a.ts", "export let a: any = 1;\n"],
    ["noAny", "a cast", "libs/model/a.ts", "export const a = 1 as any;\n"],
    ["noAny", "an argument of a generic", "libs/model/a.ts", "export const a = new Map<string, any>();\n"],
    ["noAny", "a compiler switch", "libs/model/a.ts", "// @ts-ignore\nexport const a: number = '';\n"],
    ["noLeftovers", "a note", "libs/model/a.ts", "// TODO: later\n"],
    ["noLeftovers", "a test that runs alone", "libs/model/a_test.ts", "test.only('x', () => {});\n"],
  ];
  test.each(rows)("%s: %s", (rule, _why, path, text) => {
    expect(rules[rule]?.([{ path, text }])).toHaveLength(1);
  });
});

test("noAny does not mind the word in comments, strings and Promise.any", () => {
  const text = '/** any */\n// as any\nexport const a = ["any", `any`]; // : any\nexport const b = Promise.any([]);\n';
  expect(noAny([{ path: "libs/model/a.ts", text }])).toEqual([]);
});

test("names takes any x_test.ts that stands beside code", () => {
  const text = "";
  expect(
    names([
      { path: "libs/model/x.ts", text },
      { path: "libs/model/every_form_test.ts", text },
    ]),
  ).toEqual([]);
});
