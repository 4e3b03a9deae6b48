// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { run } from "@strait/lab";

const SOURCES = fileURLToPath(new URL("../", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../../build/bench/", import.meta.url));

/**
 * Compiles NAME.c of tests/bench where it is newer than its program; returns the program's path.
 *
 * @param flags of gcc besides the usual: "-static" for a program that runs in any image
 */
export async function buildProgram(name: string, flags: readonly string[] = []): Promise<string> {
  const [source, program] = [`${SOURCES}${name}.c`, `${FOLDER}${name}`];
  const changed = (path: string) =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  if ((await changed(program)) > (await changed(source))) return program;
  await mkdir(FOLDER, { recursive: true });
  const fresh = `${program}.${process.pid}`;
  await run(["gcc", ...flags, "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", source, "-o", fresh]);
  await rename(fresh, program);
  return program;
}
