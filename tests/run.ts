// SPDX-License-Identifier: Apache-2.0
/**
 * `./justw test [LANE...]`: runs the lanes, prints every skip with its reason and ends with one plain line `N passed, N failed, N skipped`.
 * The exit code is 1 when a test failed, a lane has no tests, a file did not load or bun crashed; with CI=true also when a lane cannot run.
 *
 * @example
 * ```sh
 * bun run tests/run.ts unit repo
 * ```
 */
import { lanes } from "./support/lanes.ts";
import { runLane } from "./support/run_lane.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !lanes.some((lane) => lane.name === name));
if (unknown !== undefined) {
  console.error(`test: there is no lane ${unknown}; lanes are ${lanes.map((lane) => lane.name).join(", ")}`);
  process.exit(2);
}

const strict = process.env["CI"] === "true";
let passed = 0;
let failed = 0;
const skipped: string[] = [];
const problems: string[] = [];
for (const lane of lanes) {
  if (wanted.length > 0 && !wanted.includes(lane.name)) continue;
  if (wanted.length === 0 && lane.byName !== undefined) {
    console.log(`test: lane ${lane.name} runs by its name only: ${lane.byName}`);
    continue;
  }
  console.log(`test: lane ${lane.name}`);
  const started = performance.now();
  const result = await runLane(lane, { strict });
  passed += result.passed;
  failed += result.failed;
  skipped.push(...result.skipped);
  problems.push(...result.problems);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `test: lane ${lane.name} took ${seconds} s: ${result.passed} passed, ${result.failed} failed, ${result.skipped.length} skipped`,
  );
}
for (const line of skipped) console.log(`skipped: ${line}`);
for (const line of problems) console.log(`problem: ${line}`);
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
