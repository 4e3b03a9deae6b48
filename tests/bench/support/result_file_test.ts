// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import type { Measurement, Round } from "./measurement.ts";
import { formatResult, resultFile, type Settings } from "./result_file.ts";

const machine = { kernel: "6.1.0", cpus: 2, model: "a processor", memory: 8, date: "2026-01-02T03:04:05.000Z" };
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
const round: Round = {
  round: 1,
  background: 0.1,
  measurements,
  failures: [{ test: "rr", family: 4, streams: 1, wire: "gso", way: "plain", reason: 'it said "no"' }],
};

test("formatResult writes what resultFile put together, one row a line", () => {
  const result = resultFile(machine, settings, [round]);
  expect(result.ratios).toHaveLength(1);
  expect(result.targets).toMatchObject([{ test: "udp64", target: "≥2.3", value: 3, met: true }]);
  const text = formatResult(result);
  expect(JSON.parse(text)).toEqual(result);
  expect(text.split("\n").filter((line) => line.includes('"vsKernel":'))).toHaveLength(1);
});

test("formatResult of a run without a round is JSON too", () => {
  const empty = resultFile(machine, settings, []);
  expect(JSON.parse(formatResult(empty))).toEqual(empty);
});
