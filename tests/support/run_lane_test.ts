// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

// bun test must find the samples inside the working folder, so they are made there, in build/, which git ignores.
let folder: string;
beforeAll(async () => {
  await Bun.write("build/.keep", "");
  folder = await mkdtemp("build/lane-");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a lane of one sample file as the runner does, in a process of its own so that its output stays out of ours. */
async function outcome(
  name: string,
  source: string | undefined,
  { strict = false, obstacle = "", env = {}, apart = false, large = "", waits = [] as string[], places = 1 } = {},
) {
  if (source !== undefined)
    await Bun.write(join(folder, `${name}_test.ts`), `import { expect, test } from "bun:test";\n${source}`);
  const script = `
    const { runLane } = await import(${JSON.stringify(join(import.meta.dir, "run_lane.ts"))});
    const { Slots } = await import(${JSON.stringify(join(import.meta.dir, "slots.ts"))});
    const lane = { name: ${JSON.stringify(name)}, files: [${JSON.stringify(join(folder, `${name}*_test.ts`))}], apart: ${apart}, large: ${JSON.stringify(large)} || undefined, waits: ${JSON.stringify(waits)}, obstacle: () => ${JSON.stringify(obstacle)} || undefined, timeoutMs: 5000, env: ${JSON.stringify(env)} };
    const result = await runLane(lane, { strict: ${strict}, slots: new Slots(${places}), aside: new Slots(1), show: ${places} === 1 });
    console.log("\\nRESULT " + JSON.stringify(result));`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "ignore" });
  const line = (await child.stdout.text()).split("\n").find((text) => text.startsWith("RESULT "));
  const result = JSON.parse(line?.slice("RESULT ".length) ?? "null") as {
    passed: number;
    failed: number;
    skipped: string[];
    problems: string[];
    failures: string[];
  };
  return { ...result, counts: [result.passed, result.failed, result.skipped.length] };
}

const pass = 'test("works", () => expect(1).toBe(1));\n';

test("runLane counts passed, failed and skipped tests", async () => {
  const result = await outcome(
    "mixed",
    `${pass}test("fails", () => expect(1).toBe(2));\ntest.skip("later [skip: why]", () => {});\n`,
  );
  expect(result.counts).toEqual([1, 1, 1]);
  expect(result.skipped[0]).toEndWith("later [skip: why]");
});

test("runLane gives what a failed test printed, for it to be said again at the end", async () => {
  const source = `${pass}test("fails", () => { console.log("just before"); expect(1).toBe(2); });\n`;
  const { failures } = await outcome("again", source, { places: 2 });
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatch(/^lane again: .*again_test\.ts:\n.*just before\n.*\(fail\) fails/s);
  expect((await outcome("never", pass, { places: 2 })).failures).toEqual([]);
});

test("runLane gives the tests the lane's environment", async () => {
  const source = 'test("is told", () => expect(process.env["LANE_SAYS"]).toBe("hello"));\n';
  expect((await outcome("told", source, { env: { LANE_SAYS: "hello" } })).counts).toEqual([1, 0, 0]);
  expect((await outcome("untold", source)).counts).toEqual([0, 1, 0]);
});

test("runLane gives each file of a lane that runs them apart a process of its own, and counts them all", async () => {
  const alone = 'test("is alone", () => { expect(globalThis["alone"]).toBeUndefined(); globalThis["alone"] = 1; });\n';
  await Bun.write(join(folder, "one_more_test.ts"), `import { expect, test } from "bun:test";\n${alone}`);
  expect((await outcome("one", alone, { apart: true })).counts).toEqual([2, 0, 0]);
  expect((await outcome("one", alone)).counts).toEqual([1, 1, 0]);
  const broken = await outcome("one", `${pass}throw new Error("at load");\n`, { apart: true });
  expect(broken.counts).toEqual([1, 1, 0]);
  expect(broken.problems[0]).toEndWith("one_test.ts: did not load, or has no tests");
});

test("runLane begins with the large files and never runs two of them at once", async () => {
  const at = (name: string) => JSON.stringify(join(folder, `${name}.running`));
  // Each says that it runs and is done once the small one, which begins beside the first, was there.
  const large = (own: string, other: string) => `import { existsSync, rmSync, writeFileSync } from "node:fs";
    test("is the only large one", async () => {
      expect(existsSync(${at(other)})).toBe(false);
      writeFileSync(${at(own)}, "");
      while (!existsSync(${at("small")})) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(existsSync(${at(other)})).toBe(false);
      rmSync(${at(own)});
    });\n`;
  const small = `import { writeFileSync } from "node:fs";\ntest("is small", () => writeFileSync(${at("small")}, ""));\n`;
  for (const [name, source] of Object.entries({ order_z1: large("z1", "z2"), order_z2: large("z2", "z1"), order_a: small })) {
    await Bun.write(join(folder, `${name}_test.ts`), `import { expect, test } from "bun:test";\n${source}`);
  }
  const options = { apart: true, large: join(folder, "order_z"), places: 2 };
  expect((await outcome("order", undefined, options)).counts).toEqual([3, 0, 0]);
});

test("runLane gives files that wait a place of their own, one after the other", async () => {
  const at = (name: string) => JSON.stringify(join(folder, `${name}.waits`));
  // With one place for all three the first would wait for ever: it ends once another one, which is in the place, was there.
  const first = `import { existsSync } from "node:fs";
    test("waits", async () => { while (!existsSync(${at("works")})) await new Promise((resolve) => setTimeout(resolve, 5)); });\n`;
  const second = `import { existsSync } from "node:fs";\ntest("comes after it", () => expect(existsSync(${at("works")})).toBe(true));\n`;
  const works = `import { writeFileSync } from "node:fs";\ntest("works", () => writeFileSync(${at("works")}, ""));\n`;
  for (const [name, source] of Object.entries({ aside_a: first, aside_b: second, aside_c: works })) {
    await Bun.write(join(folder, `${name}_test.ts`), `import { expect, test } from "bun:test";\n${source}`);
  }
  const waits = ["aside_a", "aside_b"].map((name) => join(folder, `${name}_test.ts`));
  expect((await outcome("aside", undefined, { apart: true, waits })).counts).toEqual([3, 0, 0]);
});

test("runLane fails a lane that has no tests", async () => {
  expect((await outcome("none", undefined)).counts).toEqual([0, 1, 0]);
});

test("runLane fails a file that does not load", async () => {
  expect((await outcome("broken", `${pass}throw new Error("at load");\n`)).counts).toEqual([0, 1, 0]);
});

test("runLane fails when bun dies in the middle of a lane", async () => {
  expect((await outcome("dies", `${pass}test("dies", () => process.kill(process.pid, "SIGSEGV"));\n`)).failed).toBe(1);
});

test("runLane fails when an error comes after the tests have passed", async () => {
  expect(
    (await outcome("late", `${pass}process.exitCode = 3;\nprocess.on("exit", () => process.exit(3));\n`)).failed,
  ).toBeGreaterThan(0);
});

test("runLane fails a skip that gives no reason", async () => {
  expect((await outcome("mute", `${pass}test.skip("later", () => {});\n`)).counts).toEqual([1, 1, 1]);
});

test("runLane skips a lane that cannot run, with the reason, and fails it when strict", async () => {
  const lenient = await outcome("barred", pass, { obstacle: "needs root" });
  expect(lenient.counts).toEqual([0, 0, 1]);
  expect(lenient.skipped[0]).toEndWith("[skip: needs root]");
  expect((await outcome("barred", pass, { obstacle: "needs root", strict: true })).failed).toBe(1);
});

test("runLane fails a lane whose every test was skipped when strict", async () => {
  const source = 'test.skip("a [skip: why]", () => {});\n';
  expect((await outcome("empty", source)).counts).toEqual([0, 0, 1]);
  expect((await outcome("empty", source, { strict: true })).failed).toBe(1);
});
