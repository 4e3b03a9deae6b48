// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeIf, requires } from "@strait/testkit";
import { FileLock } from "./file_lock.ts";
import { openHandles } from "./handle.ts";
import { shimPath } from "./shim_path.ts";

describeIf(requires({ files: [shimPath()] }))("FileLock", () => {
  test("is held by one at a time and free once closed", () => {
    const before = openHandles();
    const directory = mkdtempSync(join(tmpdir(), "st-lock-"));
    try {
      const path = join(directory, "lock");
      const first = FileLock.tryTake(path);
      expect(first).toBeDefined();
      expect(FileLock.tryTake(path)).toBeUndefined();
      first?.close();
      using second = FileLock.tryTake(path);
      expect(second).toBeDefined();
      using whole = FileLock.take(directory);
      expect(whole.fd).toBeGreaterThan(2);
      expect(FileLock.tryTake(directory, { create: false })).toBeUndefined();
      expect(() => FileLock.tryTake(join(directory, "other"), { create: false })).toThrow("ENOENT");
    } finally {
      rmSync(directory, { recursive: true });
    }
    expect(openHandles()).toBe(before);
  });

  test("is waited for until its holder lets go, but not for ever", async () => {
    const before = openHandles();
    const directory = mkdtempSync(join(tmpdir(), "st-lock-"));
    try {
      {
        using _held = FileLock.take(directory);
        expect(() => FileLock.take(directory, { patienceMs: 30 })).toThrow(
          `cannot lock ${directory}: ETIMEDOUT (another process has held it for 0.03 s`,
        );
      }
      // In another process: this one is blocked while it waits.
      const holder = Bun.spawn(["flock", directory, "sh", "-c", "echo held; sleep 0.3"], { stdout: "pipe" });
      for await (const _held of holder.stdout) break;
      expect(FileLock.tryTake(directory, { create: false })).toBeUndefined();
      FileLock.take(directory).close();
    } finally {
      rmSync(directory, { recursive: true });
    }
    expect(openHandles()).toBe(before);
  });

  test("refuses to take what does not exist", () => {
    expect(() => FileLock.take("/nowhere/at/all")).toThrow("cannot lock /nowhere/at/all: ENOENT");
  });
});
