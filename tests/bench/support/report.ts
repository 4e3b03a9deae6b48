// SPDX-License-Identifier: Apache-2.0
import type { Metric, Test } from "./measurement.ts";
import type { Ratio } from "./ratios.ts";
import { boundOf, meets, targetsOf } from "./targets.ts";

/** The table of ratios: a header and rows of cells. */
export interface Report {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const UNITS: Readonly<Record<Metric, string>> = { throughput: "Gbit/s", cpu: "cores per Gbit/s", p50: "p50 µs", p99: "p99 µs" };

/** A row per ratio. A ratio that has a target says whether it is met, and the target where it is not. */
export function reportOf(ratios: readonly Ratio[]): Report {
  return {
    header: ["test", "wire", "IP", "unit", "plain", "kernel", "ours", "ours/kernel", "spread", "ours/plain", "spread"],
    rows: ratios.map((ratio) => [
      ratio.test === "tcp" ? `tcp x${ratio.streams}` : ratio.test,
      ratio.wire,
      `${ratio.family}`,
      ratio.test === "udp64" ? "packets/s" : UNITS[ratio.metric],
      ...(["plain", "kernel", "ours"] as const).map((way) => figure(ratio.medians[way])),
      verdict(ratio, "kernel", ratio.vsKernel),
      range(ratio.vsKernelSpread),
      verdict(ratio, "plain", ratio.vsPlain),
      range(ratio.vsPlainSpread),
    ]),
  };
}

/** What a reader wants first: per test and wire the range of the medians over families and streams, and the target. */
export function overviewOf(ratios: readonly Ratio[]): Report {
  const groups = Map.groupBy(ratios, ({ test, metric, wire }) => `${test} ${metric} ${wire}`);
  return {
    header: ["", "wire", "ours/kernel", "target", "ours/plain", "target"],
    rows: [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const side = (against: "kernel" | "plain") => {
        const values = group.map((ratio) => (against === "kernel" ? ratio.vsKernel : ratio.vsPlain));
        const target = targetsOf(first, first.metric).find((each) => each.against === against);
        return [rangeOf(values.filter((value) => value !== undefined)), target === undefined ? "" : boundOf(target)];
      };
      return [[NAMES[first.test][first.metric] ?? first.test, first.wire, ...side("kernel"), ...side("plain")]];
    }),
  };
}

const NAMES: Readonly<Record<Test, Readonly<Partial<Record<Metric, string>>>>> = {
  tcp: { throughput: "TCP throughput", cpu: "TCP, cores per Gbit/s" },
  udp64: { throughput: "UDP, 64 bytes, packets/s" },
  rr: { p50: "TCP request/response, p50", p99: "TCP request/response, p99" },
};

function rangeOf(values: readonly number[]): string {
  return values.length === 0 ? "–" : `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
}

/** For a terminal: columns as wide as their widest cell. */
export function textTable({ header, rows }: Report): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** For a page. */
export function markdownTable({ header, rows }: Report): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), `|${"---|".repeat(header.length)}`, ...rows.map(line)].join("\n");
}

function verdict(ratio: Ratio, against: "kernel" | "plain", value: number | undefined): string {
  if (value === undefined) return "–";
  const target = targetsOf(ratio, ratio.metric).find((each) => each.against === against);
  if (target === undefined) return value.toFixed(3);
  return `${value.toFixed(3)} ${meets(value, target) ? "✓" : `✗ ${boundOf(target)}`}`;
}

function range(spread: readonly [number, number] | undefined): string {
  return spread === undefined ? "–" : `${spread[0].toFixed(2)}–${spread[1].toFixed(2)}`;
}

/** Three digits that count. */
function figure(value: number | undefined): string {
  if (value === undefined) return "–";
  return value >= 10_000 ? `${Math.round(value / 1000)} k` : `${Number(value.toPrecision(3))}`;
}
