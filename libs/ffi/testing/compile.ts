// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";

const root = join(import.meta.dir, "..", "..", "..");
const testdata = join(import.meta.dir, "..", "testdata");
const out = join(process.env["STRAIT_BUILD"] ?? join(root, "build"), "ffi_testdata");

/** The newest clang there is, which may carry its version in its name. */
export const clang =
  ["clang-21", "clang-20", "clang-19", "clang-18", "clang"].find((name) => Bun.which(name) !== null) ?? "clang";

/** Compiles `testdata/NAME.c` to a BPF object; its path. */
export function compileBpf(name: string): string {
  const multiarch = run(["gcc", "-print-multiarch"]).trim();
  const headers = `/usr/include/${multiarch}`;
  const system = existsSync(headers) ? ["-isystem", headers] : [];
  return make(`${name}.o`, [clang, ..."-g -O2 -target bpf -Wall -Wextra -Werror".split(" "), ...system, "-c"], `${name}.c`);
}

/** Compiles `testdata/NAME.c` to a shared library; its path. */
export function compileLibrary(name: string): string {
  return make(`lib${name}.so`, ["gcc", ..."-O2 -Wall -Wextra -Werror -shared -fPIC".split(" ")], `${name}.c`);
}

/** Test files run at the same time may compile the same source: each writes a file of its own. */
function make(target: string, command: string[], source: string): string {
  mkdirSync(out, { recursive: true });
  const path = join(out, `${process.pid}-${basename(target)}`);
  run([...command, join(testdata, source), "-o", path]);
  return path;
}

function run(command: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command);
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}
