// SPDX-License-Identifier: Apache-2.0
/** The files of the repository as the rules see them: what git tracks or would track, with their text. */

export interface SourceFile {
  /** Relative to the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A broken rule: where, and what to change. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

/** A rule of the house: a pure function over files, so that a bad sample can be tried on it. */
export type Rule = (files: readonly SourceFile[]) => Violation[];

/** Every text file that is tracked, or new and not ignored. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const list = Bun.spawnSync(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  if (!list.success) throw new Error(`git ls-files: ${list.stderr.toString()}`);
  const files: SourceFile[] = [];
  for (const path of list.stdout.toString().split("\0").sort()) {
    const file = Bun.file(path);
    if (path === "" || !(await file.exists())) continue;
    const text = await file.text();
    if (!text.includes("\0")) files.push({ path, text });
  }
  return files;
}

/** Code without its comments and without what stands in quotes; line breaks stay. Good enough for the words the rules look for. */
export function bareCode(text: string): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
  return text.replace(token, (match) => {
    const breaks = "\n".repeat(match.split("\n").length - 1);
    return match.startsWith("/") ? breaks : `""${breaks}`;
  });
}

/** What a TypeScript file imports or re-exports, types included; examples in comments do not count. */
export function importsOf(text: string): string[] {
  const withoutComments = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/[^\n]*$/gm, "");
  const statement =
    /^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
  return [...withoutComments.matchAll(statement)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

/** The folder a file belongs to: "libs/model", "apps/gateway", "tests", "tools" …, or "" at the root. */
export function packageOf(path: string): string {
  const parts = path.split("/");
  if (parts.length < 2) return "";
  const [top = "", name = ""] = parts;
  return (top === "libs" || top === "apps") && parts.length > 2 ? `${top}/${name}` : top;
}

export const isTypeScript = (file: SourceFile) => file.path.endsWith(".ts");
export const isTest = (file: SourceFile) => file.path.endsWith("_test.ts");
