// SPDX-License-Identifier: Apache-2.0
import type { Bed } from "./bed.ts";
import { coresBetween, readCpuTime } from "./cpu_time.ts";
import { type MeasureOptions, measure } from "./measure.ts";
import { type Case, caseName, type Failure, type Measurement, type Round, type Way } from "./measurement.ts";
import { orderOf } from "./plan.ts";
import { significant } from "./statistics.ts";

/** A measurement that failed may do so again this often before it counts as a failure. */
const RETRIES = 2;

/** More cores than these busy before a round spoil it. */
const QUIET = 0.2;

/** How long the idle machine is looked at before a round, in milliseconds. */
const IDLE = 500;

/**
 * One round: every case over every way, the ways right after each other.
 *
 * @param number from 1
 * @param beds by way
 * @param say takes a line per case
 */
export async function runRound(
  number: number,
  cases: readonly Case[],
  beds: ReadonlyMap<Way, Bed>,
  options: MeasureOptions & { readonly say: (line: string) => void },
): Promise<Round> {
  const background = await idleCores();
  if (background > QUIET)
    options.say(`round ${number}: the machine is busy with something else (${background} cores): do not keep this run`);
  const measurements: Measurement[] = [];
  const failures: Failure[] = [];
  let wire: Case["wire"] | undefined;
  for (const [index, of] of cases.entries()) {
    if (of.wire !== wire) await Promise.all([...beds.values()].map((bed) => bed.setWire(of.wire)));
    wire = of.wire;
    const figures: string[] = [];
    for (const way of orderOf([...beds.keys()], number - 1 + index)) {
      const bed = beds.get(way);
      if (bed === undefined) continue;
      const result = await attempt(bed, of, options);
      if ("reason" in result) failures.push(result);
      else measurements.push(result);
      figures.push(`${way} ${"reason" in result ? `FAILED (${result.reason})` : figuresOf(result)}`);
    }
    options.say(`round ${number}, ${caseName(of)}: ${figures.sort().join("; ")}`);
  }
  return { round: number, background, measurements, failures };
}

async function attempt(bed: Bed, of: Case, options: MeasureOptions): Promise<Measurement | Failure> {
  for (let retry = 0; ; retry++) {
    try {
      return await measure(bed, of, options);
    } catch (error) {
      if (retry < RETRIES) continue;
      return { ...of, way: bed.way, reason: error instanceof Error ? error.message : String(error) };
    }
  }
}

function figuresOf({ values, cores }: Measurement): string {
  const figures = Object.entries(values).map(([metric, value]) => `${metric} ${value}`);
  return `${figures.join(" ")} cores ${cores.toFixed(2)}`;
}

async function idleCores(): Promise<number> {
  const before = readCpuTime();
  await Bun.sleep(IDLE);
  return significant(coresBetween(before, readCpuTime()), 2);
}
