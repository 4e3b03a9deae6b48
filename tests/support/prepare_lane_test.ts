// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareLane } from "./prepare_lane.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "strait-prepare-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function script(name: string, code: number): Promise<readonly string[]> {
  const path = join(folder, `${name}.ts`);
  await Bun.write(path, `await Bun.write(process.argv[2], ""); process.exit(${code});`);
  return [path, join(folder, `${name}.ran`)];
}

test("prepareLane runs the scripts in order and stops at the one that fails", async () => {
  const good = await script("good", 0);
  const bad = await script("bad", 1);
  const never = await script("never", 0);
  expect(await prepareLane({ prepare: [good] })).toBe(true);
  expect(await prepareLane({ prepare: [good, bad, never] })).toBe(false);
  expect(["good", "bad", "never"].filter((name) => existsSync(join(folder, `${name}.ran`)))).toEqual(["good", "bad"]);
});

test("prepareLane has nothing to do for a lane that needs nothing", async () => {
  expect(await prepareLane({})).toBe(true);
});
