// SPDX-License-Identifier: Apache-2.0
/** Runs the tests of one lane in one `bun test` process and says what came of it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOutcomes } from "./junit.ts";
import { filesOf, type Lane } from "./lanes.ts";

export interface LaneResult {
  readonly passed: number;
  readonly failed: number;
  /** One line per skip, with its reason. */
  readonly skipped: readonly string[];
  /** One line for each failure that is not a failed test: no tests, a crash, a file that did not load. */
  readonly problems: readonly string[];
}

/**
 * Runs a lane. A problem counts as a failure, so `failed` covers `problems` too.
 *
 * @param strict a lane that cannot run, or skips a test, is a failure (CI)
 */
export async function runLane(lane: Lane, { strict }: { strict: boolean }): Promise<LaneResult> {
  const files = await filesOf(lane);
  if (files.length === 0) return failure([`${lane.name}: the lane has no tests`]);
  const obstacle = await lane.obstacle();
  if (obstacle !== undefined) {
    const lines = files.map((file) => `${file}: all tests [skip: ${obstacle}]`);
    return strict
      ? failure([`${lane.name}: cannot run: ${obstacle}`], lines)
      : { passed: 0, failed: 0, skipped: lines, problems: [] };
  }
  const folder = await mkdtemp(join(tmpdir(), "strait-test-"));
  try {
    return await runFiles(lane, files, join(folder, "junit.xml"), strict);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function failure(problems: readonly string[], skipped: readonly string[] = []): LaneResult {
  return { passed: 0, failed: problems.length, skipped, problems };
}

async function runFiles(lane: Lane, files: readonly string[], outfile: string, strict: boolean): Promise<LaneResult> {
  const paths = files.map((file) => `./${file}`);
  const options = ["--only-failures", `--timeout=${lane.timeoutMs}`, "--reporter=junit", `--reporter-outfile=${outfile}`];
  const child = Bun.spawn([process.execPath, "test", ...options, ...paths], {
    env: { ...process.env, ...lane.env },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  const code = await child.exited;
  const written = Bun.file(outfile);
  const outcomes = readOutcomes((await written.exists()) ? await written.text() : "");
  const count = (outcome: string) => outcomes.filter((test) => test.outcome === outcome).length;
  const skipped = outcomes.filter((test) => test.outcome === "skipped").map(({ file, name }) => `${file}: ${name}`);

  const loaded = new Set(outcomes.map((test) => test.file));
  const problems = files.filter((file) => !loaded.has(file)).map((file) => `${file}: did not load, or has no tests`);
  for (const line of skipped) {
    if (!/\[skip: .+\]$/.test(line)) problems.push(`${line}: skipped without a reason (use testIf of @strait/testkit)`);
  }
  if (code !== 0 && count("failed") === 0 && problems.length === 0) {
    problems.push(`${lane.name}: bun test ended with ${child.signalCode ?? `exit code ${code}`} although no test failed`);
  }
  if (strict && count("passed") === 0 && skipped.length > 0) problems.push(`${lane.name}: every test of the lane was skipped`);
  return { passed: count("passed"), failed: count("failed") + problems.length, skipped, problems };
}
