// SPDX-License-Identifier: Apache-2.0
import { expect } from "bun:test";
import { isDrop, type ReasonName } from "@strait/codec";
import { KernelError } from "@strait/ffi";
import { comparePacket, type Layer } from "@strait/testkit";
import type { Bench, Outcome, ProgramName, RunOptions, Verdict } from "./bench.ts";

/** What should become of a packet. */
export interface Expected extends RunOptions {
  readonly reason: ReasonName;
  /** The packet as it leaves; a packet that is passed on must be untouched, so `out` is for those that are moved. */
  readonly out?: readonly Layer[];
}

/** The verdict that belongs to a reason. */
export function verdictOf(reason: ReasonName): Verdict {
  if (isDrop(reason)) return "drop";
  return reason.startsWith("pass_") ? "pass" : "redirect";
}

/** Runs a packet and compares verdict, counters and bytes; the outcome, for what else a test wants to know. */
export function expectRun(bench: Bench, program: ProgramName, packet: readonly Layer[], expected: Expected): Outcome {
  const { reason, out, ...options } = expected;
  const outcome = bench.run(program, packet, options);
  expect(outcome.reasons).toEqual({ [reason]: options.gsoSegs ?? 1 });
  expect(outcome.verdict).toBe(verdictOf(reason));
  expect(outcome.bytes).toBe(outcome.data.length);
  const left = out ?? (verdictOf(reason) === "pass" ? packet : undefined);
  if (left) {
    const difference = comparePacket(outcome.data, left);
    if (difference !== undefined) throw new Error(difference);
  }
  return outcome;
}

/** The UDP source port of an outer header without options. */
export function sourcePort(data: Uint8Array): number {
  const at = 14 + ((data[14] ?? 0) >> 4 === 4 ? 20 : 40);
  return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
}

/** Runs a packet that is cut off; "refused" where BPF_PROG_TEST_RUN takes none without a whole IP header (so Linux 6.18). */
export function runCut(bench: Bench, program: ProgramName, data: Uint8Array): Outcome | "refused" {
  try {
    return bench.run(program, data);
  } catch (error) {
    if (error instanceof KernelError && error.errnoName === "EINVAL") return "refused";
    throw error;
  }
}
