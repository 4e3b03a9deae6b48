// SPDX-License-Identifier: Apache-2.0
import { type Case, type Measurement, type Metric, metrics, type Round, sameCase, type Way } from "./measurement.ts";
import { type Summary, significant, summary } from "./statistics.ts";
import { boundOf, meets, targetsOf } from "./targets.ts";

/**
 * Ours over theirs, for every metric: above 1 is better for throughput, below 1 for latencies and cores per Gbit/s.
 * A ratio is taken inside each round, where the three ways ran right after each other; the row holds the median of these ratios
 * and their least and greatest.
 */
export interface Ratio extends Case {
  readonly metric: Metric;
  readonly vsKernel?: number;
  readonly vsKernelSpread?: readonly [low: number, high: number];
  readonly vsPlain?: number;
  readonly vsPlainSpread?: readonly [low: number, high: number];
  /** Of the figures themselves, by way; units as in measurement.ts. */
  readonly medians: Readonly<Partial<Record<Way, number>>>;
}

/** A target and whether the median of the ratios meets it. */
export interface Verdict extends Case {
  readonly metric: Metric;
  readonly against: "kernel" | "plain";
  readonly target: string;
  readonly value: number;
  readonly met: boolean;
}

/** A row for each case and metric that was measured at least once: throughputs first, then latencies, cores per Gbit/s last. */
export function ratiosOf(rounds: readonly Round[]): Ratio[] {
  const all = rounds.flatMap((round) => round.measurements);
  const cases = all.filter((measured, index) => all.findIndex((other) => sameCase(other, measured)) === index);
  return metrics.flatMap((metric) =>
    cases
      .filter((of) => all.some((measured) => sameCase(measured, of) && measured.values[metric] !== undefined))
      .map((of) => ratioOf(rounds, of, metric)),
  );
}

/** Every target that the ratios can be held against, in their order. */
export function verdictsOf(ratios: readonly Ratio[]): Verdict[] {
  return ratios.flatMap((ratio) =>
    targetsOf(ratio, ratio.metric).flatMap((target): Verdict[] => {
      const value = target.against === "kernel" ? ratio.vsKernel : ratio.vsPlain;
      if (value === undefined) return [];
      const { test, family, streams, wire, metric } = ratio;
      const { against } = target;
      return [{ test, family, streams, wire, metric, against, target: boundOf(target), value, met: meets(value, target) }];
    }),
  );
}

function ratioOf(rounds: readonly Round[], { test, family, streams, wire }: Case, metric: Metric): Ratio {
  const of = { test, family, streams, wire };
  const value = ({ measurements }: Round, way: Way) => figureOf(measurements, of, metric, way);
  const against = (way: Way) =>
    rounds.flatMap((round) => {
      const [ours, theirs] = [value(round, "ours"), value(round, way)];
      return ours === undefined || theirs === undefined || theirs === 0 ? [] : [ours / theirs];
    });
  const medians = (["plain", "kernel", "ours"] as const).flatMap((way) => {
    const values = rounds.map((round) => value(round, way)).filter((each) => each !== undefined);
    return values.length === 0 ? [] : [[way, significant(summary(values).median)] as const];
  });
  const [kernel, plain] = [against("kernel"), against("plain")];
  return {
    ...of,
    metric,
    ...(kernel.length === 0 ? {} : asKernel(summary(kernel))),
    ...(plain.length === 0 ? {} : asPlain(summary(plain))),
    medians: Object.fromEntries(medians),
  };
}

function figureOf(measurements: readonly Measurement[], of: Case, metric: Metric, way: Way): number | undefined {
  return measurements.find((measured) => measured.way === way && sameCase(measured, of))?.values[metric];
}

function asKernel({ median, low, high }: Summary): Pick<Ratio, "vsKernel" | "vsKernelSpread"> {
  return { vsKernel: significant(median), vsKernelSpread: [significant(low), significant(high)] };
}

function asPlain({ median, low, high }: Summary): Pick<Ratio, "vsPlain" | "vsPlainSpread"> {
  return { vsPlain: significant(median), vsPlainSpread: [significant(low), significant(high)] };
}
