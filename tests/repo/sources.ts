// SPDX-License-Identifier: Apache-2.0
/** Rules about single source files: first line, length, names, words. */
import { bareCode, isTypeScript, packageOf, type Rule, type SourceFile, type Violation } from "./source_files.ts";

/** The longest a hand-written source file may be. */
export const longest = 400;

const isGenerated = (path: string) => path.endsWith(".gen.ts");
const isSource = ({ path }: SourceFile) => /\.(ts|c|h|sh)$/.test(path) || path === "justw" || path === ".ci/run";

const dual = "GPL-2.0-only OR BSD-2-Clause";
/** BPF programs must be GPL-compatible; the samples that tests of the loader compile may be of either kind. */
const licensesOf = (path: string) =>
  path.startsWith("bpf/") ? [dual] : /\/testdata\/[^/]+\.c$/.test(path) ? ["Apache-2.0", dual] : ["Apache-2.0"];

const each = (applies: (file: SourceFile) => boolean, check: (file: SourceFile) => string | undefined): Rule => {
  return (files) =>
    files.filter(applies).flatMap((file): Violation[] => {
      const message = check(file);
      return message === undefined ? [] : [{ path: file.path, message }];
    });
};

/** The license is named in the first line, or in the second one under `#!`. */
export const spdx = each(isSource, ({ path, text }) => {
  const [first = "", second = ""] = text.split("\n", 2);
  const line = first.startsWith("#!") ? second : first;
  const ids = licensesOf(path);
  const forms = ids.flatMap((id) =>
    ["// @", "/* @ */", "# @"].map((form) => form.replace("@", `SPDX-License-Identifier: ${id}`)),
  );
  return forms.includes(line) ? undefined : `the first line must be the SPDX line of ${ids.join(" or ")}`;
});

/** One topic per file: what is longer than `longest` lines is several rooms. */
export const length = each(
  (file) => isSource(file) && !isGenerated(file.path),
  ({ text }) => {
    const lines = text.split("\n").length - 1;
    return lines > longest ? `${lines} lines; split it (at most ${longest})` : undefined;
  },
);

/** Names of files are snake_case; a test is called x_test.ts and stands beside the code that it tests. */
export const names: Rule = (files) => {
  const paths = new Set(files.map((file) => file.path));
  return files.filter(isSource).flatMap(({ path }): Violation[] => {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const name = path.slice(folder.length);
    if (path === "justw" || path === ".ci/run") return [];
    if (/\.(test|spec)\.ts$/.test(name)) return [{ path, message: "call a test x_test.ts" }];
    if (!/^[a-z0-9]+(_[a-z0-9]+)*(\.gen)?\.(ts|c|h|sh)$/.test(name)) return [{ path, message: "file names are snake_case" }];
    if (!name.endsWith("_test.ts") || !/^(libs|apps)\//.test(path)) return [];
    const beside = [...paths].some(
      (other) => other.startsWith(folder) && /^[a-z0-9_.]+(?<!_test)\.ts$/.test(other.slice(folder.length)),
    );
    return beside ? [] : [{ path, message: "a test stands beside the code that it tests" }];
  });
};

/** `any` and its disguises switch the compiler off; only the door to native code may. */
export const noAny = each(
  (file) => isTypeScript(file) && packageOf(file.path) !== "libs/ffi",
  ({ text }) => {
    const code = bareCode(text);
    if (/(?<![.\w$])any(?![\w$(:?])/.test(code)) return "any is allowed in libs/ffi only";
    return /@ts-(ignore|nocheck|expect-error)/.test(text.replace(code, "")) && /^\s*\/[/*]\s*@ts-/m.test(text)
      ? "no @ts- comments"
      : undefined;
  },
);

/** Work that is left open stands in an issue, not in the code; a test that runs alone hides the others. */
export const noLeftovers = each(isSource, ({ path, text }) => {
  if (path.startsWith("tests/repo/")) return undefined;
  const word = /\b(TODO|FIXME|XXX|HACK)\b|\b(?:test|describe|it)\.only\(|\btest\.todo\(/.exec(text)?.[0];
  return word === undefined ? undefined : `leftover: ${word}`;
});
