// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { layering, noCircles } from "./layering.ts";
import { importsOf, type SourceFile, sourceFiles } from "./source_files.ts";

const files = await sourceFiles();
const file = (path: string, ...imports: string[]): SourceFile => ({
  path,
  text: imports.map((specifier) => `import { x } from ${JSON.stringify(specifier)};\n`).join(""),
});

test("the repository keeps the layering", () => {
  expect(layering(files)).toEqual([]);
});

test("the repository has no import circle", () => {
  expect(noCircles(files)).toEqual([]);
});

describe("layering catches", () => {
  const rows: [name: string, bad: SourceFile][] = [
    ["model importing another lib", file("libs/model/a.ts", "@strait/plan")],
    ["plan importing node:fs", file("libs/plan/a.ts", "node:fs")],
    ["plan importing bun", file("libs/plan/a.ts", "bun")],
    ["dataplane importing plan", file("libs/dataplane/a.ts", "@strait/plan")],
    ["product code importing lab", file("apps/gateway/a.ts", "@strait/lab")],
    ["product code importing the testkit", file("libs/ffi/a.ts", "@strait/testkit")],
    ["product code importing another lib's test doubles", file("apps/gateway/a.ts", "@strait/node/testing")],
    ["a file of another lib by its path", file("apps/gateway/a_test.ts", "@strait/plan/plan.ts")],
    ["an app importing the other", file("apps/gateway/a.ts", "../routeagent/main.ts")],
    ["a relative path into another package", file("libs/plan/a.ts", "../model/mod.ts")],
    ["a package importing itself by name", file("libs/plan/a.ts", "@strait/plan")],
    ["bun:ffi outside libs/ffi", file("libs/netlink/a.ts", "bun:ffi")],
    ["bun:ffi in a test outside libs/ffi", file("tests/bpf/a_test.ts", "bun:ffi")],
    ["a dependency that is not listed", file("apps/gateway/a.ts", "left-pad")],
    ["a listed dependency in the wrong place", file("libs/plan/a.ts", "valibot")],
    ["a lib that has no row in the table", file("libs/fresh/a.ts", "@strait/model")],
  ];
  test.each(rows)("%s", (_name, bad) => {
    expect(layering([bad])).toHaveLength(1);
  });
});

test("layering lets allowed imports through", () => {
  const good = [
    file("libs/plan/a.ts", "@strait/model", "./b.ts"),
    file("libs/plan/a_test.ts", "bun:test", "node:fs", "@strait/testkit"),
    file("libs/ffi/a.ts", "bun:ffi", "@strait/model"),
    file("apps/gateway/a.ts", "hono", "valibot", "yaml", "@strait/plan", "node:fs/promises"),
  ];
  expect(layering(good)).toEqual([]);
});

test("noCircles catches a circle over three files and one through a package's mod.ts", () => {
  const three = [file("libs/plan/a.ts", "./b.ts"), file("libs/plan/b.ts", "./c.ts"), file("libs/plan/c.ts", "./a.ts")];
  expect(noCircles(three)).toHaveLength(1);
  const through = [file("libs/a/mod.ts", "@strait/b"), file("libs/b/mod.ts", "@strait/a")];
  expect(noCircles(through)).toHaveLength(1);
  expect(noCircles([file("libs/plan/a.ts", "./b.ts"), file("libs/plan/b.ts")])).toEqual([]);
});

test("importsOf sees every form and nothing in comments", () => {
  const text = [
    'import a from "one";',
    'import {\n  b,\n  type C,\n} from "two";',
    'import "three";',
    'export * from "four";',
    'export type { D } from "five";',
    `const six = await ${"import"}("six");`,
    '/**\n * import { e } from "no";\n */',
    '// import { f } from "no";',
    'const word = "import from nothing";',
  ].join("\n");
  expect(importsOf(text)).toEqual(["one", "two", "three", "four", "five", "six"]);
});
