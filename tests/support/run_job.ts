// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failures } from "./failures.ts";
import { type ReportedTest, readOutcomes } from "./junit.ts";
import type { Lane } from "./lanes.ts";

/** What one `bun test` process did. */
export interface JobResult {
  readonly outcomes: readonly ReportedTest[];
  /** One line for each failure that is not a failed test: a crash, a file that did not load. */
  readonly problems: readonly string[];
  /** What was printed of each failed test; empty where the output went straight to the screen. */
  readonly failures: readonly string[];
}

/**
 * Runs test files of a lane in a `bun test` process of their own.
 *
 * @param show whether its output is shown as it comes; otherwise it is printed when it ends, in one piece
 */
export async function runJob(lane: Lane, files: readonly string[], show: boolean): Promise<JobResult> {
  const folder = await mkdtemp(join(tmpdir(), "strait-test-"));
  try {
    return await runIn(folder, lane, files, show);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, lane: Lane, files: readonly string[], show: boolean): Promise<JobResult> {
  const report = Bun.file(join(folder, "junit.xml"));
  const printed = join(folder, "output.txt");
  const paths = files.map((file) => `./${file}`);
  const options = ["--only-failures", `--timeout=${lane.timeoutMs}`, "--reporter=junit", `--reporter-outfile=${report.name}`];
  // Into a file, not a pipe: a daemon that outlives its test would hold a pipe open. Opened once: two offsets would write over each other.
  await using file = await open(printed, "a");
  const out = show ? "inherit" : file.fd;
  const child = Bun.spawn([process.execPath, "test", ...options, ...paths], {
    env: { ...process.env, ...lane.env },
    stdin: "ignore",
    stdout: out,
    stderr: out,
  });
  const code = await child.exited;
  const output = await Bun.file(printed).text();
  process.stdout.write(output);
  const outcomes = readOutcomes((await report.exists()) ? await report.text() : "");

  const loaded = new Set(outcomes.map((test) => test.file));
  const problems = files.filter((file) => !loaded.has(file)).map((file) => `${file}: did not load, or has no tests`);
  if (code !== 0 && problems.length === 0 && !outcomes.some(({ outcome }) => outcome === "failed")) {
    const which = files.length === 1 ? files[0] : lane.name;
    problems.push(`${which}: bun test ended with ${child.signalCode ?? `exit code ${code}`} although no test failed`);
  }
  return { outcomes, problems, failures: failures(output) };
}
