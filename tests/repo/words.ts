// SPDX-License-Identifier: Apache-2.0
/** Rules about the text of all tracked files: no addresses of registries or of one machine, links that lead somewhere, decisions in one format. */
import { dirname, join } from "node:path";
import type { Rule, Violation } from "./source_files.ts";

/** Spelled in parts, so that this list is not a hit of itself. */
const hosts = [
  ["registry", "npmjs", "org"],
  ["registry", "yarnpkg", "com"],
  ["npm", "pkg", "github", "com"],
  ["deb", "debian", "org"],
  ["archive", "ubuntu", "com"],
  ["proxy", "golang", "org"],
  ["files", "pythonhosted", "org"],
  ["static", "crates", "io"],
].map((parts) => parts.join("."));

/** Folders that exist on somebody's machine only. */
const folders = [
  ["", "work", ""],
  ["", "farm", ""],
  ["", "root", ""],
  ["", "home", ""],
  ["", "tmp", "bash"],
].map((parts) => parts.join("/"));

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
/** A folder counts where a path starts, not inside a longer one such as ./work/ or lib/home/. */
const machine = new RegExp(`(?<![\\w.}-])(?:${folders.map(escaped).join("|")})`);

/** No file names the host of a package registry or a path of one machine. */
export const noMachines: Rule = (files) =>
  files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index): Violation[] => {
      const found = hosts.find((host) => line.includes(host)) ?? machine.exec(line)?.[0];
      return found === undefined ? [] : [{ path: `${path}:${index + 1}`, message: `names ${found}` }];
    }),
  );

/** Every relative link of a Markdown file leads to a file or folder of the repository. */
export const linksLead: Rule = (files) => {
  const known = new Set<string>();
  for (const { path } of files) for (let at = path; at !== "."; at = dirname(at)) known.add(at);
  return files
    .filter(({ path }) => path.endsWith(".md"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].flatMap(([, target = ""]): Violation[] => {
        if (/^[a-z]+:/.test(target)) return [];
        const at = join(dirname(path), target).replace(/\/$/, "");
        return at === "." || known.has(at) ? [] : [{ path, message: `the link ${target} leads nowhere` }];
      }),
    );
};

/** Decision records are numbered without a gap and have all parts. */
export const decisions: Rule = (files) =>
  files
    .filter(({ path }) => path.startsWith("docs/adr/") && path !== "docs/adr/README.md")
    .flatMap(({ path, text }, index): Violation[] => {
      const number = String(index + 1).padStart(4, "0");
      if (!path.startsWith(`docs/adr/${number}-`)) return [{ path, message: `expected number ${number}` }];
      const parts = [
        /^# \d{4}[:.] /m,
        /^Date: \d{4}-\d\d-\d\d$/m,
        /^Status: /m,
        /^## Context$/m,
        /^## Decision$/m,
        /^## Consequences$/m,
      ];
      const missing = parts.find((part) => !part.test(text));
      return missing === undefined ? [] : [{ path, message: `has nothing that matches ${missing}` }];
    });

/** The change log has an open section on top. */
export const openChanges: Rule = (files) => {
  const log = files.find(({ path }) => path === "CHANGELOG.md");
  const first = /^## (.*)$/m.exec(log?.text ?? "")?.[1];
  return first === "Unreleased" ? [] : [{ path: "CHANGELOG.md", message: "the first section must be: ## Unreleased" }];
};
