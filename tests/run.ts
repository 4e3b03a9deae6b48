// SPDX-License-Identifier: Apache-2.0
/**
 * `./justw test [LANE...]`: runs the lanes, prints every failure again and every skip with its reason, and ends with one plain line
 * `N passed, N failed, N skipped`.
 * Two processes run at once where there are two processors (STRAIT_TEST_PLACES=1: one), and one more that mostly waits; what each
 * printed comes in one piece when it ends.
 * The exit code is 1 when a test failed, a lane has no tests, a file did not load or bun crashed; with CI=true also when a lane cannot run.
 *
 * @example
 * ```sh
 * bun run tests/run.ts unit repo
 * ```
 */
import { availableParallelism } from "node:os";
import { lanes } from "./support/lanes.ts";
import { prepareLane } from "./support/prepare_lane.ts";
import { runLane } from "./support/run_lane.ts";
import { Slots } from "./support/slots.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !lanes.some((lane) => lane.name === name));
if (unknown !== undefined) {
  console.error(`test: there is no lane ${unknown}; lanes are ${lanes.map((lane) => lane.name).join(", ")}`);
  process.exit(2);
}

/** Processes at once: labs wait as much as they work, but what they wait for is not to be late because of others. */
const places = Number(process.env["STRAIT_TEST_PLACES"] ?? Math.min(2, availableParallelism()));
const strict = process.env["CI"] === "true";
const chosen = lanes.filter(({ name, byName }) => (wanted.length === 0 ? byName === undefined : wanted.includes(name)));
for (const { name, byName } of lanes) {
  if (wanted.length === 0 && byName !== undefined) console.log(`test: lane ${name} runs by its name only: ${byName}`);
}
const slots = new Slots(places);
const aside = places > 1 ? new Slots(1) : slots;
const show = places === 1 || (chosen.length === 1 && !chosen[0]?.apart);
// First of all, since it may take minutes: other lanes run meanwhile.
const preparations = new Map(chosen.map((lane) => [lane.name, lane.prepare && slots.with(-1, () => prepareLane(lane))]));
const results = await Promise.all(
  chosen.map(async (lane, rank) => {
    await Promise.all([preparations.get(lane.name), lane.after && preparations.get(lane.after)]);
    const started = performance.now();
    const result = await runLane(lane, { strict, slots, aside, rank, show });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { passed, failed, skipped } = result;
    console.log(
      `test: lane ${lane.name} ended after ${seconds} s: ${passed} passed, ${failed} failed, ${skipped.length} skipped`,
    );
    return result;
  }),
);
const skipped = results.flatMap((result) => result.skipped);
for (const line of skipped) console.log(`skipped: ${line}`);
for (const text of results.flatMap((result) => result.failures)) console.log(`failed: ${text}\n`);
for (const line of results.flatMap((result) => result.problems)) console.log(`problem: ${line}`);
const sum = (count: "passed" | "failed") => results.reduce((total, result) => total + result[count], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${skipped.length} skipped`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
