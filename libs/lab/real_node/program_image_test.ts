// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../command.ts";
import { programImage } from "./program_image.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "strait-program-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("programImage is made once for all who ask at the same time, and leaves nothing else", async () => {
  let puts = 0;
  const tar = join(dir, "one.tar");
  const put = async (path: string) => {
    puts++;
    writeFileSync(path, "program");
  };
  const wanted = { image: "strait.test/one:1", program: "one", tar, put };
  expect(await Promise.all([programImage(wanted), programImage(wanted), programImage(wanted)])).toEqual([tar, tar, tar]);
  expect(puts).toBe(1);
  expect(readdirSync(dir)).toEqual(["one.tar"]);
  expect(await run(["tar", "-tf", tar])).toContain("oci-layout");
});

test("programImage of a program that cannot be made fails and leaves nothing, and the next call tries again", async () => {
  const tar = join(dir, "none.tar");
  const wanted = { image: "strait.test/none:1", program: "none", tar };
  const failing = () => Promise.reject(new Error("no compiler"));
  await expect(programImage({ ...wanted, put: failing })).rejects.toThrow("no compiler");
  expect(readdirSync(dir)).toEqual([]);
  const put = async (path: string) => writeFileSync(path, "program");
  expect(await programImage({ ...wanted, put })).toBe(tar);
  expect(readdirSync(dir)).toEqual(["none.tar"]);
});
