// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { Measurement } from "./measurement.ts";
import { fillBlocks, resultsNamed } from "./page_blocks.ts";
import { resultFile, type Settings } from "./result_file.ts";

const FILE = "tests/bench/results/a.json";
const settings: Settings = {
  commit: "abc1234",
  ways: ["kernel", "ours"],
  rounds: 1,
  seconds: 3,
  warmup: 0.5,
  cni: "ptp",
  mtu: 1500,
  iperf3: "3.12",
};
const base = { test: "udp64", family: 6, streams: 1, wire: "mtu", seconds: 3, cores: 2 } as const;
const measurements: Measurement[] = [
  { ...base, way: "kernel", values: { throughput: 50_000 } },
  { ...base, way: "ours", values: { throughput: 150_000 } },
];
const machine = { kernel: "6.1.0", cpus: 2, model: "a processor", memory: 8, date: "2026-01-02T03:04:05.000Z" };
const result = resultFile(machine, settings, [{ round: 1, background: 0.1, measurements, failures: [] }]);
const page = (inside: string, view = "table") => `# Before\n<!-- bench ${FILE} ${view} -->\n${inside}<!-- /bench -->\n\nafter\n`;

test("fillBlocks replaces what stands between the comments and nothing else, and a second time changes nothing", () => {
  const once = fillBlocks(page("stale\n"), new Map([[FILE, result]]));
  expect(
    once.startsWith(`# Before\n<!-- bench ${FILE} table -->\nLinux 6.1.0, 2 × a processor, 8 GB, 2026-01-02, commit abc1234.\n`),
  ).toBe(true);
  expect(once).toContain("**1 of 1 targets met**.");
  expect(once).toContain("| udp64 | mtu | 6 | packets/s | – | 50 k | 150 k | 3.000 ✓ | 3.00–3.00 | – | – |\n");
  expect(once.endsWith("|\n<!-- /bench -->\n\nafter\n")).toBe(true);
  expect(once).not.toContain("stale");
  expect(fillBlocks(once, new Map([[FILE, result]]))).toBe(once);
});

test("fillBlocks knows the overview", () => {
  expect(fillBlocks(page("", "overview"), new Map([[FILE, result]]))).toContain(
    "| UDP, 64 bytes, packets/s | mtu | 3.00–3.00 | ≥2.3 | – |  |",
  );
});

test("fillBlocks says where there is no run, and leaves other comments alone", () => {
  expect(fillBlocks(page(""), new Map())).toBe(page("No run is committed yet.\n"));
  const other = page("kept\n", "pie");
  expect(fillBlocks(other, new Map([[FILE, result]]))).toBe(other);
  expect(resultsNamed(other)).toEqual([]);
  expect(resultsNamed(page(""))).toEqual([FILE]);
});
