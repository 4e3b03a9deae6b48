// SPDX-License-Identifier: Apache-2.0
/**
 * The working tree as a tar file that the guest unpacks from its second disk.
 *
 * @module
 */
import { statSync, truncateSync } from "node:fs";
import { ok, type Result, refuse } from "@strait/model";
import { run } from "./run.ts";

/** Folders the guest does not need: history, tools of the host, packages (those are in the root disk), old results. */
const LEFT_OUT: readonly string[] = ["./.git", "./.tools", "./node_modules", "./build/results", "./tests/bench/results"];

const SECTOR = 512;

/**
 * Packs the repository at `project`, build outputs included and uncommitted changes too, into the file `out`.
 *
 * @example
 * const disk = await packTree(".", "/tmp/tree.tar");
 */
export async function packTree(
  project: string,
  out: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Result<string>> {
  const excludes = LEFT_OUT.map((path) => `--exclude=${path}`);
  const packed = await run(["tar", "--create", "--anchored", ...excludes, "--file", out, "."], { ...options, cwd: project });
  // Exit 1 says that a file changed while it was read: an editor at work, not a broken archive.
  if (packed.exit !== 0 && packed.exit !== 1) return refuse(`tar cannot pack the working tree: ${packed.stderr.trim()}`);
  const { size } = statSync(out);
  truncateSync(out, Math.ceil(size / SECTOR) * SECTOR);
  return ok(out);
}
