// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A folder that is gone soon after this process, whatever ended it. `bun test` runs no exit handlers, so a shell waits for the end of
 * its stdin; it tries more than once, as servers that die with us may still be writing.
 */
export function folderOfRun(prefix: string): string {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  const script = 'cat >/dev/null; for try in 1 2 3 4 5; do rm -rf -- "$1" && exit; sleep 0.2; done';
  Bun.spawn(["sh", "-c", script, "sh", dir], { stdin: "pipe", stdout: "ignore", stderr: "ignore", detached: true }).unref();
  return dir;
}
