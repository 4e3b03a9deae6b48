// SPDX-License-Identifier: Apache-2.0
/** Rules about packages: their package.json, their mod.ts, the pinned versions, the lockfile. */
import { bareCode, type Rule, type SourceFile, type Violation } from "./source_files.ts";

type Json = { [key: string]: Json | undefined } | string | number | boolean | null | Json[];
const parse = (file: SourceFile) => JSON.parse(file.text) as { [key: string]: Json | undefined };

/** A source file opens with the doc comment of its module, right after the license line. */
const opensWithDoc = (text: string) => /^(?:#![^\n]*\n)?\/\/ SPDX[^\n]*\n\s*\/\*\*/.test(text);

/** Every lib has a mod.ts and every app a main.ts that starts with the module's doc comment. */
export const moduleDocs: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const homes = new Set(files.flatMap(({ path }) => /^(?:libs|apps)\/[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  return [...homes].flatMap((home): Violation[] => {
    const path = `${home}/${home.startsWith("libs/") ? "mod" : "main"}.ts`;
    const file = byPath.get(path);
    if (file === undefined) return [{ path, message: "missing" }];
    return opensWithDoc(file.text) ? [] : [{ path, message: "must start with the doc comment of the module" }];
  });
};

/** A mod.ts only re-exports. */
export const modOnlyExports: Rule = (files) =>
  files
    .filter((file) => /^libs\/[^/]+\/mod\.ts$/.test(file.path))
    .flatMap(({ path, text }): Violation[] => {
      const rest = bareCode(text).replace(/export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+""\s*;/g, "");
      return rest.trim() === "" ? [] : [{ path, message: `only re-exports belong here, not: ${rest.trim().split("\n")[0]}` }];
    });

/** Each workspace is private, named after its folder, and a lib is declared at the root. */
export const workspaces: Rule = (files) => {
  const root = files.find((file) => file.path === "package.json");
  const locked = files.find((file) => file.path === "bun.lock")?.text ?? "";
  const declared = root === undefined ? {} : (parse(root)["dependencies"] as Record<string, string>);
  return files.flatMap((file): Violation[] => {
    const match = /^(libs|apps)\/([^/]+)\/package\.json$/.exec(file.path);
    if (match === null) return [];
    const [, kind, folder] = match;
    const name = kind === "libs" ? `@strait/${folder}` : `@strait/app-${folder}`;
    const wanted = { name, version: "0.0.0", private: true, type: "module" };
    const own = parse(file);
    const wrong = Object.entries(wanted).find(([key, value]) => own[key] !== value);
    const say = (message: string) => [{ path: file.path, message }];
    if (wrong !== undefined) return say(`${wrong[0]} must be ${JSON.stringify(wrong[1])}`);
    const { ".": door, "./testing": doubles = "./testing/mod.ts", ...others } = (own["exports"] ?? {}) as Record<string, Json>;
    const doors = door === "./mod.ts" && doubles === "./testing/mod.ts" && Object.keys(others).length === 0;
    if (kind === "libs" && !doors) return say("exports must be ./mod.ts, and ./testing/mod.ts for test doubles if it has any");
    if (kind === "libs" && declared[name] !== "workspace:*") return say(`the root package.json must list ${name} as workspace:*`);
    return locked.includes(`"${kind}/${folder}": {`) ? [] : say("bun.lock does not know it: run bun install and commit bun.lock");
  });
};

/** Dependencies are pinned to one version each. */
export const pinned: Rule = (files) =>
  files
    .filter((file) => /(^|\/)package\.json$/.test(file.path))
    .flatMap((file) => {
      const own = parse(file);
      const all = ["dependencies", "devDependencies"].flatMap((key) =>
        Object.entries((own[key] ?? {}) as Record<string, string>),
      );
      return all
        .filter(([, version]) => version !== "workspace:*" && !/^\d+\.\d+\.\d+$/.test(version))
        .map(([name, version]) => ({ path: file.path, message: `${name} must be an exact version, not ${version}` }));
    });

/** One lockfile, and no address of a registry in it. */
export const lockfile: Rule = (files) =>
  files.flatMap(({ path, text }): Violation[] => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb", "npm-shrinkwrap.json"].includes(name))
      return [{ path, message: "bun.lock is the only lockfile" }];
    return name === "bun.lock" && /https?:\/\//.test(text) ? [{ path, message: "holds the address of a registry" }] : [];
  });

/** Every function and class that a lib's mod.ts gives to others says what it does. */
export const exportsAreDocumented: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file.text]));
  return [...byPath].flatMap(([mod, text]) => {
    const home = /^libs\/[^/]+\/(?=mod\.ts$)/.exec(mod)?.[0];
    if (home === undefined) return [];
    return [...text.matchAll(/^export\s+(\*|\{[^}]*\})\s+from\s+"\.\/([^"]+)"/gm)].flatMap(
      ([, what = "", from = ""]): Violation[] => {
        const path = home + from;
        const given = (name: string) => what === "*" || new RegExp(`\\b${name}\\b`).test(what);
        return undocumented(byPath.get(path) ?? "")
          .filter(given)
          .map((name) => ({ path, message: `${name} has no doc comment` }));
      },
    );
  });
};

/** Names of the exported functions and classes of a file that no doc comment stands above. */
function undocumented(text: string): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const name = /^export (?:abstract )?(?:async )?(?:function\*?|class) (\w+)/.exec(line)?.[1];
    if (name === undefined) return [];
    const above = lines[index - 1]?.trim() ?? "";
    const overload = above.startsWith("export function") && above.includes(` ${name}`);
    return above.endsWith("*/") || overload ? [] : [name];
  });
}
