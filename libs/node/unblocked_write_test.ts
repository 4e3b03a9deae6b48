// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LINES = 3000;
const LINE = "x".repeat(60);
/** Writes lines to stderr, more than a pipe holds, and says on stdout that it is done. */
const PROGRAM = `
import { processSystem } from ${JSON.stringify(join(import.meta.dir, "app.ts"))};
const system = processSystem();
for (let i = 0; i < ${LINES}; i++) system.err("${LINE}\\n");
system.out("done\\n");
`;

let dir = "";
let reader = 0;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "strait-write-"));
  expect(Bun.spawnSync(["mkfifo", join(dir, "log")]).exitCode).toBe(0);
  // Held open, as a container's is by its shim.
  reader = openSync(join(dir, "log"), constants.O_RDWR | constants.O_NONBLOCK);
});
afterEach(() => {
  closeSync(reader);
  rmSync(dir, { recursive: true, force: true });
});

test("An app whose log nobody reads goes on, and loses whole lines only", async () => {
  const log = openSync(join(dir, "log"), constants.O_WRONLY);
  const child = Bun.spawn([process.execPath, "-e", PROGRAM], { stdout: "pipe", stderr: log });
  closeSync(log);
  expect(await child.stdout.text()).toBe("done\n");
  const bytes = Buffer.alloc(1 << 20);
  const text = bytes.toString("utf8", 0, readSync(reader, bytes));
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  expect(new Set(lines)).toEqual(new Set([LINE]));
  expect(lines.length).toBeLessThan(LINES);
}, 20_000);
