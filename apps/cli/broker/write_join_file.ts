// SPDX-License-Identifier: Apache-2.0
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { formatJoinFile, type JoinFile } from "@strait/model";

/**
 * Writes the join file for its owner alone (0600); an earlier one is kept under a name with the time, as subctl does.
 *
 * @example
 * await writeJoinFile("broker-info.subm", file, Date.now()); // {path: "broker-info.subm", backup: "broker-info.subm.2026-11-21T10_00_00"}
 */
export async function writeJoinFile(
  path: string,
  file: JoinFile,
  now: number,
): Promise<{ readonly path: string; readonly backup?: string }> {
  const text = formatJoinFile(file);
  const backup = existsSync(path) ? `${path}.${new Date(now).toISOString().slice(0, 19).replaceAll(":", "_")}` : undefined;
  if (backup !== undefined) renameSync(path, backup);
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  return { path, ...(backup !== undefined && { backup }) };
}
