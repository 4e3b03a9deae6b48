// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { exportsAreDocumented, lockfile, modOnlyExports, moduleDocs, pinned, workspaces } from "./packages.ts";
import { type Rule, sourceFiles } from "./source_files.ts";

const files = await sourceFiles();
const rules: Record<string, Rule> = { moduleDocs, modOnlyExports, workspaces, pinned, lockfile, exportsAreDocumented };

describe("every package keeps the rule", () => {
  test.each(Object.keys(rules))("%s", (name) => {
    expect(rules[name]?.(files)).toEqual([]);
  });
});

describe("a bad sample is caught by", () => {
  const spdx = "// SPDX-License-Identifier: Apache-2.0\n";
  const json = (value: object) => JSON.stringify(value);
  const lib = { name: "@strait/a", version: "0.0.0", private: true, type: "module", exports: { ".": "./mod.ts" } };
  const rows: [rule: string, why: string, path: string, text: string][] = [
    ["moduleDocs", "a lib without mod.ts", "libs/a/b.ts", spdx],
    ["moduleDocs", "a mod.ts without a doc comment", "libs/a/mod.ts", `${spdx}export * from "./b.ts";\n`],
    ["moduleDocs", "an app whose main.ts has only a line comment", "apps/a/main.ts", `${spdx}// the app\n`],
    ["modOnlyExports", "code in mod.ts", "libs/a/mod.ts", `${spdx}/** A. */\nexport * from "./b.ts";\nexport const c = 1;\n`],
    ["workspaces", "another name", "libs/a/package.json", json({ ...lib, name: "a" })],
    ["workspaces", "not private", "libs/a/package.json", json({ ...lib, private: false })],
    ["workspaces", "a second door", "libs/a/package.json", json({ ...lib, exports: { ".": "./mod.ts", "./b": "./b.ts" } })],
    ["workspaces", "not listed at the root", "libs/a/package.json", json(lib)],
    ["workspaces", "an app that bun.lock does not know", "apps/a/package.json", json({ ...lib, name: "@strait/app-a" })],
    ["pinned", "a range", "package.json", json({ dependencies: { hono: "^4.0.0" } })],
    ["pinned", "a tag", "package.json", json({ devDependencies: { typescript: "latest" } })],
    ["lockfile", "a second lockfile", "package-lock.json", "{}"],
    ["lockfile", "an address", "bun.lock", `"hono": ["hono@4.0.0", "https:${"//"}somewhere.example/hono.tgz"]`],
  ];
  test.each(rows)("%s: %s", (rule, _why, path, text) => {
    expect(rules[rule]?.([{ path, text }])).toHaveLength(1);
  });
});

test("exportsAreDocumented catches what mod.ts gives away without words, and nothing else", () => {
  const b = {
    path: "libs/a/b.ts",
    text: `export function bare() {}\n\n/** Said. */\nexport class Said {}\n\nexport function inner() {}\n`,
  };
  const named = { path: "libs/a/mod.ts", text: 'export { bare, Said } from "./b.ts";\n' };
  const whole = { path: "libs/a/mod.ts", text: 'export * from "./b.ts";\n' };
  expect(exportsAreDocumented([named, b]).map(({ message }) => message)).toEqual(["bare has no doc comment"]);
  expect(exportsAreDocumented([whole, b])).toHaveLength(2);
});
