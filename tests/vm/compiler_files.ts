// SPDX-License-Identifier: Apache-2.0
/**
 * The host's clang and gcc as files: some tests compile a small program of their own.
 *
 * @module
 */
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./run.ts";

/** Names a test may look for, newest first; one is enough. */
const CLANGS: readonly string[] = ["clang-21", "clang-20", "clang-19", "clang-18", "clang"];

/** Of gcc's own folder, what compiling and linking C takes: not the sanitizers, not other languages. */
const GCC_PARTS = /^(?:cc1|collect2|lto-wrapper|liblto_plugin\.so|crt\w*\.o|libgcc(?:_eh)?\.a|libgcc_s\.so)$/;

/** Packages whose headers and linker stubs a small C program includes. */
const DEVELOPMENT_PACKAGES: readonly string[] = ["libc6-dev", "linux-libc-dev", "libbpf-dev", "libelf-dev", "zlib1g-dev"];

/** Absolute paths to copy: programs that {@linkcode collectHostFiles} finds by name, and files. Both empty where nothing is installed. */
export async function compilerFiles(
  options: { readonly signal?: AbortSignal } = {},
): Promise<{ programs: string[]; files: string[] }> {
  const files: string[] = [];
  const programs: string[] = [];
  const clang = CLANGS.find((name) => Bun.which(name) !== null);
  if (clang) {
    programs.push(clang);
    files.push(...below(join((await run([clang, "-print-resource-dir"], options)).stdout.trim(), "include")));
  }
  const cc1 = (await run(["gcc", "-print-prog-name=cc1"], options)).stdout.trim();
  if (existsSync(cc1)) {
    programs.push("gcc", "as", "ld");
    const home = dirname(cc1);
    const parts = readdirSync(home).filter((name) => GCC_PARTS.test(name));
    files.push(...parts.map((name) => join(home, name)), ...below(join(home, "include")));
  }
  const listing = await run(["dpkg", "-L", ...DEVELOPMENT_PACKAGES], options);
  const owned = listing.stdout.split("\n").filter((path) => /^\/usr\/(?:include|lib)\//.test(path) && existsSync(path));
  files.push(...owned.filter((path) => !lstatSync(path).isDirectory()));
  return { programs, files };
}

function below(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}
