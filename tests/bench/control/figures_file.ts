// SPDX-License-Identifier: Apache-2.0
import type { Machine } from "../support/machine.ts";
import { markdownTable, type Report } from "../support/report.ts";
import { type Figure, verdict } from "./figures.ts";

/** A run whose result is figures, as `--json FILE` writes it and tests/bench/results/ keeps it. */
export interface FiguresFile {
  readonly machine: Machine;
  /** Of the repository, with "+" where the tree differs from it. */
  readonly commit: string;
  readonly figures: readonly Figure[];
}

/** One line per figure: a result file is read in diffs. */
export function formatFigures({ machine, commit, figures }: FiguresFile): string {
  const lines = figures.map((one) => `    ${JSON.stringify(one)}`).join(",\n");
  return `{\n  "machine": ${JSON.stringify(machine)},\n  "commit": ${JSON.stringify(commit)},\n  "figures": [\n${lines}\n  ]\n}\n`;
}

/**
 * The figures for a page: what was measured is a column (what the names begin with, up to the first ": "), and columns with the same
 * figures stand side by side in one table.
 */
export function figuresPage({ machine, commit, figures }: FiguresFile): string {
  const columns = Map.groupBy(figures, ({ name }) => name.slice(0, name.indexOf(": ")));
  const rest = ({ name }: Figure): string => name.slice(name.indexOf(": ") + 2);
  const tables = Map.groupBy(columns, ([, own]) => own.map(rest).join("\n"));
  const reports = [...tables.values()].map((side): Report => {
    const rows = (side[0]?.[1] ?? []).map(rest);
    return {
      header: ["", "unit", ...side.map(([column]) => column)],
      rows: rows.map((row, i) => [row, side[0]?.[1][i]?.unit ?? "", ...side.map(([, own]) => cell(own[i]))]),
    };
  });
  return [
    `Linux ${machine.kernel}, ${machine.cpus} × ${machine.model}, ${machine.memory} GB, ${machine.date.slice(0, 10)}, commit ${commit}. **${verdict(figures)}**.`,
    ...reports.map(markdownTable),
    "",
  ].join("\n\n");
}

function cell(figure: Figure | undefined): string {
  if (figure === undefined) return "–";
  const { value, target, met } = figure;
  return target === undefined ? `${value}` : `${value} ${met ? "✓" : `✗ ≤${target}`}`;
}
