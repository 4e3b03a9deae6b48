// SPDX-License-Identifier: Apache-2.0
import type { Case, Metric } from "./measurement.ts";

/** What a ratio should be. */
export interface Target {
  readonly against: "kernel" | "plain";
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** The targets of a case's metric; none where nothing was set as one. */
export function targetsOf({ test, wire }: Pick<Case, "test" | "wire">, metric: Metric): readonly Target[] {
  if (test === "rr") return [{ against: "kernel", atMost: 0.85 }];
  if (test === "udp64") return metric === "throughput" ? [{ against: "kernel", atLeast: 2.3 }] : [];
  if (metric === "cpu") return [{ against: "kernel", atMost: 0.7 }];
  return wire === "gso"
    ? [
        { against: "kernel", atLeast: 1.35 },
        { against: "plain", atLeast: 1.0 },
      ]
    : [
        { against: "kernel", atLeast: 1.25 },
        { against: "plain", atLeast: 0.95 },
      ];
}

/** True where a ratio is as good as its target. */
export function meets(value: number, { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Target): boolean {
  return value >= atLeast && value <= atMost;
}

/** "≥1.35" or "≤0.7". */
export function boundOf({ atLeast, atMost }: Target): string {
  return atLeast === undefined ? `≤${atMost}` : `≥${atLeast}`;
}
