// SPDX-License-Identifier: Apache-2.0
/**
 * Fails when a generated file is not what its generator writes today; the files are left as they were.
 *
 * @example
 * ```sh
 * bun run tools/check_generated.ts
 * ```
 */
import { run } from "./compilers.ts";

const generators = ["tools/gen_layouts.ts"];

const paths = (await Array.fromAsync(new Bun.Glob("{libs,apps}/**/*.gen.ts").scan("."))).sort();
const before = new Map<string, string>();
for (const path of paths) before.set(path, await Bun.file(path).text());

const stale: string[] = [];
try {
  for (const generator of generators) await run([process.execPath, "run", generator]);
  for (const [path, text] of before) if ((await Bun.file(path).text()) !== text) stale.push(path);
} finally {
  for (const [path, text] of before) if ((await Bun.file(path).text()) !== text) await Bun.write(path, text);
}
if (paths.length === 0) stale.push("(there is no generated file at all)");
for (const path of stale) console.error(`generated: ${path} is not current: run ./justw gen and commit what it writes`);
process.exitCode = stale.length === 0 ? 0 : 1;
