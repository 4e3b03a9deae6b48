// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import type { Case, Measurement, Round, Way } from "./measurement.ts";
import { ratiosOf, verdictsOf } from "./ratios.ts";

const TCP: Case = { test: "tcp", family: 4, streams: 1, wire: "gso" };
const RR: Case = { ...TCP, test: "rr" };

function measured(of: Case, way: Way, values: Measurement["values"]): Measurement {
  return { ...of, way, values, seconds: 3, cores: 1 };
}

function round(number: number, measurements: readonly Measurement[]): Round {
  return { round: number, background: 0, measurements, failures: [] };
}

/** A round of TCP throughputs in Gbit/s. */
function tcp(number: number, figures: Readonly<Partial<Record<Way, number>>>, of: Case = TCP): Round {
  return round(
    number,
    Object.entries(figures).map(([way, throughput]) => measured(of, way as Way, { throughput })),
  );
}

describe("ratiosOf", () => {
  test("compares within rounds: a machine that slows down as a whole does not show", () => {
    const [ratio] = ratiosOf([
      tcp(1, { plain: 20, kernel: 10, ours: 16 }),
      tcp(2, { plain: 10, kernel: 5, ours: 8 }),
      tcp(3, { plain: 4, kernel: 2, ours: 3.2 }),
    ]);
    expect(ratio).toEqual({
      ...TCP,
      metric: "throughput",
      vsKernel: 1.6,
      vsKernelSpread: [1.6, 1.6],
      vsPlain: 0.8,
      vsPlainSpread: [0.8, 0.8],
      medians: { plain: 10, kernel: 5, ours: 8 },
    });
  });

  test("holds the median of the rounds and their least and greatest", () => {
    const [ratio] = ratiosOf([tcp(1, { kernel: 1, ours: 3 }), tcp(2, { kernel: 1, ours: 1 }), tcp(3, { kernel: 1, ours: 1.5 })]);
    expect(ratio).toMatchObject({ vsKernel: 1.5, vsKernelSpread: [1, 3] });
    expect(ratio).not.toHaveProperty("vsPlain");
  });

  test("leaves out a round in which one side failed", () => {
    const [ratio] = ratiosOf([tcp(1, { kernel: 2, ours: 4 }), tcp(2, { kernel: 2 }), tcp(3, { ours: 9 })]);
    expect(ratio).toMatchObject({ vsKernel: 2, vsKernelSpread: [2, 2], medians: { kernel: 2, ours: 6.5 } });
  });

  test("keeps cases apart by family, wire and streams", () => {
    const others: Case[] = [
      { ...TCP, family: 6 },
      { ...TCP, wire: "mtu" },
      { ...TCP, streams: 4 },
    ];
    const rounds = [TCP, ...others].map((of, index) => tcp(index + 1, { kernel: 1, ours: index + 2 }, of));
    expect(ratiosOf(rounds).map(({ vsKernel }) => vsKernel)).toEqual([2, 3, 4, 5]);
  });

  test("has throughput first, then latencies, and cores per Gbit/s last", () => {
    const rows = ratiosOf([
      round(1, [measured(RR, "ours", { p50: 1, p99: 2 }), measured(TCP, "ours", { throughput: 3, cpu: 0.1 })]),
    ]);
    expect(rows.map(({ test: name, metric }) => `${name} ${metric}`)).toEqual(["tcp throughput", "rr p50", "rr p99", "tcp cpu"]);
  });

  test("has no ratio against nothing", () => {
    expect(ratiosOf([tcp(1, { kernel: 0, ours: 1 })])[0]).not.toHaveProperty("vsKernel");
    expect(ratiosOf([])).toEqual([]);
  });
});

describe("verdictsOf", () => {
  const verdict = (of: Case, theirs: Measurement["values"], ours: Measurement["values"]) =>
    verdictsOf(
      ratiosOf([round(1, [measured(of, "kernel", theirs), measured(of, "plain", theirs), measured(of, "ours", ours)])]),
    ).map(({ metric, against, target, met }) => `${metric} ${against} ${target} ${met}`);

  test.each<[what: string, of: Case, ours: Measurement["values"], expected: string[]]>([
    ["TCP at its targets", TCP, { throughput: 1.35 }, ["throughput kernel ≥1.35 true", "throughput plain ≥1 true"]],
    ["TCP between them", TCP, { throughput: 1.3 }, ["throughput kernel ≥1.35 false", "throughput plain ≥1 true"]],
    [
      "TCP on MTU wires",
      { ...TCP, wire: "mtu" },
      { throughput: 0.95 },
      ["throughput kernel ≥1.25 false", "throughput plain ≥0.95 true"],
    ],
    ["CPU that is low enough", TCP, { cpu: 0.7 }, ["cpu kernel ≤0.7 true"]],
    ["CPU that is too high", TCP, { cpu: 0.71 }, ["cpu kernel ≤0.7 false"]],
    ["UDP, against the kernel only", { ...TCP, test: "udp64" }, { throughput: 2.3 }, ["throughput kernel ≥2.3 true"]],
    ["latencies", RR, { p50: 0.85, p99: 0.86 }, ["p50 kernel ≤0.85 true", "p99 kernel ≤0.85 false"]],
  ])("holds %s", (_what, of, ours, expected) => {
    expect(verdict(of, { throughput: 1, cpu: 1, p50: 1, p99: 1 }, ours)).toEqual(expected);
  });
});
