// SPDX-License-Identifier: Apache-2.0
/** Runs the tests of one lane and says what came of it. */
import { filesOf, type Lane } from "./lanes.ts";
import { type JobResult, runJob } from "./run_job.ts";
import { Slots } from "./slots.ts";

export interface LaneResult {
  readonly passed: number;
  readonly failed: number;
  /** One line per skip, with its reason. */
  readonly skipped: readonly string[];
  /** One line for each failure that is not a failed test: no tests, a crash, a file that did not load. */
  readonly problems: readonly string[];
  /** What was printed of each failed test, under the name of its file; see `failures`. */
  readonly failures: readonly string[];
}

export interface LaneOptions {
  /** A lane that cannot run, or skips all its tests, is a failure (CI). */
  readonly strict: boolean;
  /** The places that its processes share with those of other lanes; one by one when left out. */
  readonly slots?: Slots | undefined;
  /** The place of files that mostly wait; `slots` when left out. */
  readonly aside?: Slots | undefined;
  /** Which processes of others go first: those of a lower rank. */
  readonly rank?: number | undefined;
  /** Whether output is shown as it comes, which only one process at a time can do. */
  readonly show?: boolean | undefined;
}

/** Runs a lane: one `bun test` process, or one for each file where its files stand alone. A problem counts as a failure, so `failed` covers `problems` too. */
export async function runLane(
  lane: Lane,
  { strict, slots = new Slots(1), aside = slots, rank = 0, show = true }: LaneOptions,
): Promise<LaneResult> {
  const files = await filesOf(lane);
  if (files.length === 0) return failure([`${lane.name}: the lane has no tests`]);
  const obstacle = await lane.obstacle();
  if (obstacle !== undefined) {
    const lines = files.map((file) => `${file}: all tests [skip: ${obstacle}]`);
    return strict
      ? failure([`${lane.name}: cannot run: ${obstacle}`], lines)
      : { passed: 0, failed: 0, skipped: lines, problems: [], failures: [] };
  }
  // The longest of all goes before whatever else waits.
  const rankOf = (chain: readonly unknown[]) => (chain.length > 1 ? Number.NEGATIVE_INFINITY : rank);
  const placesOf = ([[file = ""] = []]: readonly (readonly string[])[]) => (lane.waits?.includes(file) ? aside : slots);
  const results = await Promise.all(
    chains(lane, files).map((chain) => placesOf(chain).with(rankOf(chain), () => inTurn(lane, chain, show))),
  );
  return verdict(lane, results.flat(), strict);
}

function failure(problems: readonly string[], skipped: readonly string[] = []): LaneResult {
  return { passed: 0, failed: problems.length, skipped, problems, failures: [] };
}

/** What a lane's processes get: for each place that is taken, the files of one process after the other. */
function chains({ apart, large }: Lane, files: readonly string[]): (readonly string[])[][] {
  if (!apart) return [[files]];
  const each = files.map((file) => [file]);
  const isLarge = ([file = ""]: readonly string[]) => large !== undefined && file.startsWith(large);
  const first = each.filter(isLarge);
  return [...(first.length > 0 ? [first] : []), ...each.filter((file) => !isLarge(file)).map((file) => [file])];
}

async function inTurn(lane: Lane, chain: readonly (readonly string[])[], show: boolean): Promise<JobResult[]> {
  const results: JobResult[] = [];
  for (const files of chain) results.push(await told(lane, files, show));
  return results;
}

/** Runs a job and, where it is one of several of its lane, says what it took. */
async function told(lane: Lane, files: readonly string[], show: boolean): Promise<JobResult> {
  const started = performance.now();
  const result = await runJob(lane, files, show);
  const failed = result.outcomes.filter(({ outcome }) => outcome === "failed").length + result.problems.length;
  if (lane.apart) {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`test: lane ${lane.name}: ${files[0]} took ${seconds} s, ${failed} failed`);
  }
  return result;
}

function verdict(lane: Lane, results: readonly JobResult[], strict: boolean): LaneResult {
  const outcomes = results.flatMap((result) => result.outcomes);
  const problems = results.flatMap((result) => result.problems);
  const count = (outcome: string) => outcomes.filter((test) => test.outcome === outcome).length;
  const skipped = outcomes.filter((test) => test.outcome === "skipped").map(({ file, name }) => `${file}: ${name}`);
  for (const line of skipped) {
    if (!/\[skip: .+\]$/.test(line)) problems.push(`${line}: skipped without a reason (use testIf of @strait/testkit)`);
  }
  if (strict && count("passed") === 0 && skipped.length > 0) problems.push(`${lane.name}: every test of the lane was skipped`);
  return {
    passed: count("passed"),
    failed: count("failed") + problems.length,
    skipped,
    problems,
    failures: results.flatMap((result) => result.failures.map((text) => `lane ${lane.name}: ${text}`)),
  };
}
