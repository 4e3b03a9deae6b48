// SPDX-License-Identifier: Apache-2.0
/**
 * The committed table of verifier work: how many instructions each kernel line walks to accept each program.
 *
 * A program that costs much more than before is near the limit of some older kernel, or has lost a bound: better seen here.
 *
 * @module
 */

import { join } from "node:path";

const FILE = join(import.meta.dir, "verifier.json");

/** What one kernel said. */
export interface Measurement {
  /** As `uname -r` says it. */
  readonly release: string;
  /** Instructions walked, by `object.o program`. */
  readonly programs: Readonly<Record<string, number>>;
}

/** Measurements by kernel line, for example `6.1`: patch releases share a row. */
export type VerifierTable = Readonly<Record<string, Measurement>>;

/** A program may grow by this share before somebody has to look and record it anew. */
export const TOLERANCE = 0.25;

/** `6.1.0-56-cloud-amd64` → `6.1`. */
export function kernelLine(release: string): string {
  const line = /^\d+\.\d+/.exec(release)?.[0];
  if (line === undefined) throw new RangeError(`${release} is no kernel release`);
  return line;
}

/**
 * What is wrong with the table's row for the measured kernel; nothing where it still holds. One sentence each.
 *
 * @example
 * compareMeasurement(table, measured); // ["encap.o strait_from_pod: 60000 instructions on 6.1, 54% more than the recorded 39006"]
 */
export function compareMeasurement(table: VerifierTable, measured: Measurement): string[] {
  const line = kernelLine(measured.release);
  const recorded = table[line]?.programs ?? {};
  const problems: string[] = [];
  for (const [program, count] of Object.entries(measured.programs)) {
    const before = recorded[program];
    if (before === undefined) problems.push(`${program}: the table has no number for ${line} (measured ${count})`);
    else if (count > before * (1 + TOLERANCE)) {
      const percent = Math.round((count / before - 1) * 100);
      problems.push(`${program}: ${count} instructions on ${line}, ${percent}% more than the recorded ${before}`);
    }
  }
  for (const program of Object.keys(recorded)) {
    if (!(program in measured.programs))
      problems.push(`${program}: the table has a number for ${line}, but no such program was loaded`);
  }
  return problems;
}

/** The committed table. */
export async function readTable(): Promise<VerifierTable> {
  return (await Bun.file(FILE).json()) as VerifierTable;
}

/** Replaces the committed table. */
export async function writeTable(table: VerifierTable): Promise<void> {
  await Bun.write(FILE, `${JSON.stringify(table, null, 2)}\n`);
}

/** The table with the row of the measured kernel replaced, rows sorted by version. */
export function recordMeasurement(table: VerifierTable, measured: Measurement): VerifierTable {
  const rows = Object.entries({ ...table, [kernelLine(measured.release)]: measured });
  return Object.fromEntries(rows.sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })));
}
