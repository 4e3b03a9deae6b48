// SPDX-License-Identifier: Apache-2.0
import type { CniPlugin } from "@strait/lab";
import type { Machine } from "./machine.ts";
import type { Round, Way } from "./measurement.ts";
import { type Ratio, ratiosOf, type Verdict, verdictsOf } from "./ratios.ts";

/** How a run was made. */
export interface Settings {
  /** Of the repository, with "+" where the tree differs from it. */
  readonly commit: string;
  readonly ways: readonly Way[];
  readonly rounds: number;
  /** Per measurement, warm-up included. */
  readonly seconds: number;
  /** Of these, left out of rates and latencies. */
  readonly warmup: number;
  readonly cni: CniPlugin;
  readonly mtu: number;
  readonly iperf3: string;
}

/** A whole run, as `--json FILE` writes it and tests/bench/results/ keeps it. */
export interface ResultFile {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly rounds: readonly Round[];
  readonly ratios: readonly Ratio[];
  readonly targets: readonly Verdict[];
}

/** Rounds with what follows from them. */
export function resultFile(machine: Machine, settings: Settings, rounds: readonly Round[]): ResultFile {
  const ratios = ratiosOf(rounds);
  return { machine, settings, rounds, ratios, targets: verdictsOf(ratios) };
}

/** One line per row: a result file is read in diffs. */
export function formatResult({ machine, settings, rounds, ratios, targets }: ResultFile): string {
  const list = (rows: readonly unknown[], indent: string) =>
    rows.length === 0 ? "[]" : `[\n${rows.map((row) => `${indent}  ${JSON.stringify(row)}`).join(",\n")}\n${indent}]`;
  const eachRound = rounds.map(
    ({ round, background, measurements, failures }) =>
      `    {"round":${round},"background":${background},"measurements":${list(measurements, "    ")},"failures":${list(failures, "    ")}}`,
  );
  return [
    "{",
    `  "machine": ${JSON.stringify(machine)},`,
    `  "settings": ${JSON.stringify(settings)},`,
    `  "rounds": [\n${eachRound.join(",\n")}\n  ],`,
    `  "ratios": ${list(ratios, "  ")},`,
    `  "targets": ${list(targets, "  ")}`,
    "}",
    "",
  ].join("\n");
}
