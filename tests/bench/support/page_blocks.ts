// SPDX-License-Identifier: Apache-2.0
import { type FiguresFile, figuresPage } from "../control/figures_file.ts";
import { markdownTable, overviewOf, reportOf } from "./report.ts";
import type { ResultFile } from "./result_file.ts";

/** What a page can show of a run: every ratio, or the ranges; of a run that has figures, those. */
type View = "table" | "overview" | "figures";

/** What a run left. */
export type AnyResult = ResultFile | FiguresFile;

const BLOCK = /(<!-- bench (\S+) (table|overview|figures) -->\n)[\s\S]*?(<!-- \/bench -->)/g;

/** The result files that a page shows. */
export function resultsNamed(page: string): string[] {
  return [...new Set([...page.matchAll(BLOCK)].map(([, , path = ""]) => path))];
}

/**
 * Writes the blocks of a page anew, each from the result file that its first line names; what stands between the blocks stays.
 *
 * ```md
 * <!-- bench tests/bench/results/encap.json table -->
 * …written by ./justw bench page…
 * <!-- /bench -->
 * ```
 *
 * @param results by path; a path without one says that there is no run yet
 */
export function fillBlocks(page: string, results: ReadonlyMap<string, AnyResult>): string {
  return page.replace(BLOCK, (_, begin: string, path: string, view: View, end: string) => {
    const result = results.get(path);
    return `${begin}${result === undefined ? "No run is committed yet.\n" : blockOf(result, view)}${end}`;
  });
}

function blockOf(result: AnyResult, view: View): string {
  if ("figures" in result) return figuresPage(result);
  const { machine, settings, ratios, targets, rounds } = result;
  const { rounds: count, seconds, warmup, cni, mtu, iperf3, commit } = settings;
  const met = targets.filter((target) => target.met).length;
  const busiest = Math.max(...rounds.map(({ background }) => background));
  const failed = rounds.reduce((sum, { failures }) => sum + failures.length, 0);
  return [
    `Linux ${machine.kernel}, ${machine.cpus} × ${machine.model}, ${machine.memory} GB, ${machine.date.slice(0, 10)}, commit ${commit}.`,
    `Medians of ${count} ${count === 1 ? "round" : "rounds"}, ${seconds} s each (${warmup} s of them warm-up); pods wired by ${cni}, MTU ${mtu}, iperf3 ${iperf3};`,
    `before a round at most ${busiest} cores were busy with something else. **${met} of ${targets.length} targets met**${failed === 0 ? "" : `, ${failed} measurements failed`}.`,
    "",
    markdownTable(view === "table" ? reportOf(ratios) : overviewOf(ratios)),
    "",
  ].join("\n");
}
