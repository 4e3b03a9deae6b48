// SPDX-License-Identifier: Apache-2.0
import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { formatJoinFile, type JoinFile } from "@strait/model";

/**
 * Writes the join file for its owner alone (0600); an earlier one is kept under a name with the time, as subctl does, and closed to
 * others as well. When the new one cannot be written, the earlier one stays where it is.
 *
 * @throws Error of the file system
 * @example
 * await writeJoinFile("broker-info.subm", file, Date.now()); // {path: "broker-info.subm", backup: "broker-info.subm.2026-11-21T10_00_00"}
 */
export async function writeJoinFile(
  path: string,
  file: JoinFile,
  now: number,
): Promise<{ readonly path: string; readonly backup?: string }> {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, formatJoinFile(file), { mode: 0o600, flag: "wx" });
  const backup = existsSync(path)
    ? freeName(`${path}.${new Date(now).toISOString().slice(0, 19).replaceAll(":", "_")}`)
    : undefined;
  if (backup !== undefined) {
    chmodSync(path, 0o600);
    renameSync(path, backup);
  }
  renameSync(fresh, path);
  return { path, ...(backup !== undefined && { backup }) };
}

/** The name, or one with a number behind it where it is taken. */
function freeName(name: string): string {
  let free = name;
  for (let number = 2; existsSync(free); number++) free = `${name}.${number}`;
  return free;
}
