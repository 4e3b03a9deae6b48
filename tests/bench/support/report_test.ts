// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { Ratio } from "./ratios.ts";
import { markdownTable, overviewOf, reportOf, textTable } from "./report.ts";

const TCP: Ratio = {
  test: "tcp",
  family: 4,
  streams: 4,
  wire: "gso",
  metric: "throughput",
  vsKernel: 1.4,
  vsKernelSpread: [1.3, 1.5],
  vsPlain: 0.9996,
  vsPlainSpread: [0.9, 1.1],
  medians: { plain: 15.04, kernel: 10, ours: 15.0355 },
};
const UDP: Ratio = { ...TCP, test: "udp64", streams: 1, vsKernel: 2.2, medians: { plain: 130_400, ours: 135_600 } };

test("reportOf says of each ratio whether its target is met, and else the target", () => {
  const { rows } = reportOf([TCP, UDP]);
  expect(rows[0]).toEqual([
    ...["tcp x4", "gso", "4", "Gbit/s", "15", "10", "15"],
    ...["1.400 ✓", "1.30–1.50", "1.000 ✗ ≥1", "0.90–1.10"],
  ]);
  expect(rows[1]).toEqual([
    ...["udp64", "gso", "4", "packets/s", "130 k", "–", "136 k"],
    ...["2.200 ✗ ≥2.3", "1.30–1.50", "1.000", "0.90–1.10"],
  ]);
});

test("reportOf shows what was not compared as a dash", () => {
  const { vsKernel: _, vsKernelSpread: __, ...alone } = TCP;
  expect(reportOf([alone]).rows[0]?.slice(7, 9)).toEqual(["–", "–"]);
});

test("overviewOf has the range over families and streams, per wire", () => {
  const { rows } = overviewOf([TCP, { ...TCP, family: 6, vsKernel: 1.25, vsPlain: 1.1 }, { ...TCP, wire: "mtu" }, UDP]);
  expect(rows).toEqual([
    ["TCP throughput", "gso", "1.25–1.40", "≥1.35", "1.00–1.10", "≥1"],
    ["TCP throughput", "mtu", "1.40–1.40", "≥1.25", "1.00–1.00", "≥0.95"],
    ["UDP, 64 bytes, packets/s", "gso", "2.20–2.20", "≥2.3", "1.00–1.00", ""],
  ]);
});

test("textTable aligns columns and markdownTable has a rule under its header", () => {
  const report = { header: ["a", "long"], rows: [["value", "1"]] };
  expect(textTable(report)).toBe("a      long\nvalue  1");
  expect(markdownTable(report)).toBe("| a | long |\n|---|---|\n| value | 1 |");
});
