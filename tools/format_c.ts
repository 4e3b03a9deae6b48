// SPDX-License-Identifier: Apache-2.0
/**
 * Formats the C sources in place by `bpf/.clang-format`; with `--check` only says which files differ and fails.
 *
 * @example
 * ```sh
 * bun run tools/format_c.ts --check
 * ```
 */
import { newestClangTool, run } from "./compilers.ts";

const files: string[] = [];
for (const pattern of ["bpf/**/*.{c,h}", "native/**/*.{c,h}", "tests/bench/*.c"])
  files.push(...(await Array.fromAsync(new Bun.Glob(pattern).scan("."))));
files.sort();
const mode = process.argv.includes("--check") ? ["--dry-run", "--Werror"] : ["-i"];
if (files.length > 0) {
  try {
    await run([await newestClangTool("clang-format"), "--style=file:bpf/.clang-format", ...mode, ...files]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error("format: run ./justw fmt");
    process.exitCode = 1;
  }
}
