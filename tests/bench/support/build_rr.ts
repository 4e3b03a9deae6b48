// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { run } from "@strait/lab";

const SOURCE = fileURLToPath(new URL("../rr.c", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../../build/bench/", import.meta.url));

/** Compiles rr.c where it is newer than its program; returns the program's path. */
export async function buildRr(): Promise<string> {
  const program = `${FOLDER}rr`;
  const changed = (path: string) =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  if ((await changed(program)) > (await changed(SOURCE))) return program;
  await mkdir(FOLDER, { recursive: true });
  const fresh = `${program}.${process.pid}`;
  await run(["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", SOURCE, "-o", fresh]);
  await rename(fresh, program);
  return program;
}
