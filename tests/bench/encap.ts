// SPDX-License-Identifier: Apache-2.0

/**
 * `./justw bench encap`: pod–worker–gateway–gateway–worker–pod three ways in one run: plain routing, kernel VXLAN devices with
 * Submariner's rules, and ours. docs/benchmarks.md says what each figure means; support/options.ts has the flags.
 *
 * @module
 */
import { run } from "@strait/lab";
import { Bed } from "./support/bed.ts";
import { buildRr } from "./support/build_rr.ts";
import { thisMachine } from "./support/machine.ts";
import type { Round, Way } from "./support/measurement.ts";
import { benchObstacle } from "./support/obstacle.ts";
import { type Options, readOptions, USAGE } from "./support/options.ts";
import { casesOf } from "./support/plan.ts";
import { reportOf, textTable } from "./support/report.ts";
import { formatResult, type ResultFile, resultFile, type Settings } from "./support/result_file.ts";
import { runRound } from "./support/round.ts";

/** Of every wire and pod: what Ethernet has. */
const MTU = 1500;

const say = (line: string) => console.error(`bench: ${line}`);

/** Exit code: 0 everything was measured (targets met or not), 1 something could not be, 2 the command line or the machine cannot be used. */
async function main(args: readonly string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 2;
  }
  if (options === undefined) {
    console.log(USAGE);
    return 0;
  }
  const obstacle = benchObstacle();
  if (obstacle !== undefined) {
    console.error(`bench: ${obstacle}; run ./justw bench encap as root, it installs what it needs`);
    return 2;
  }
  const machine = thisMachine(new Date());
  const began = performance.now();
  const settings = await settingsOf(options);
  let result = resultFile(machine, settings, []);
  for await (const rounds of roundsOf(options)) {
    result = resultFile(machine, settings, rounds);
    // After every round: what a long run has found so far is not lost with it.
    if (options.json !== undefined) await Bun.write(options.json, formatResult(result));
  }
  console.log(textTable(reportOf(result.ratios)));
  console.log(`\n${closing(result)}; ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
  const failures = result.rounds.flatMap((round) => round.failures);
  return failures.length === 0 ? 0 : 1;
}

/** Builds the labs, measures, and yields all rounds so far after each of them. */
async function* roundsOf({ rounds, seconds, warmup, ways, cni, choice }: Options): AsyncGenerator<readonly Round[]> {
  const rr = await buildRr();
  await using stack = new AsyncDisposableStack();
  const beds = new Map<Way, Bed>();
  for (const way of ways) beds.set(way, await Bed.build(way, stack, { cni, mtu: MTU, rr }));
  const cases = casesOf(choice);
  say(`${cases.length} cases, ${ways.length} ways, ${rounds} ${rounds === 1 ? "round" : "rounds"} of ${seconds} s each`);
  const done: Round[] = [];
  for (let number = 1; number <= rounds; number++) {
    done.push(await runRound(number, cases, beds, { seconds, warmup, rr, say }));
    yield done;
  }
}

async function settingsOf({ ways, rounds, seconds, warmup, cni }: Options): Promise<Settings> {
  const commit = await run(["git", "describe", "--always", "--dirty=+", "--exclude=*"]).catch(() => "unknown");
  const iperf3 = /\d[\d.]*/.exec(await run(["iperf3", "--version"]))?.[0] ?? "unknown";
  return { commit: commit.trim(), ways, rounds, seconds, warmup, cni, mtu: MTU, iperf3 };
}

function closing({ targets, rounds }: ResultFile): string {
  const met = targets.filter((target) => target.met).length;
  const failed = rounds.flatMap((round) => round.failures).length;
  return `${met} of ${targets.length} targets met, ${failed} measurements failed`;
}

process.exit(await main(process.argv.slice(2)));
