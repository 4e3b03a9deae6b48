// SPDX-License-Identifier: Apache-2.0
import type { Family, WireMode } from "@strait/lab";

/** How packets get from cluster to cluster: no tunnel; kernel VXLAN devices on both hops with Submariner's rules; Strait. */
export const ways = ["plain", "kernel", "ours"] as const;
export type Way = (typeof ways)[number];

export const tests = ["tcp", "udp64", "rr"] as const;
export type Test = (typeof tests)[number];

/**
 * What a test finds:
 *
 * | metric | of | unit |
 * |---|---|---|
 * | throughput | tcp | Gbit/s of payload |
 * | throughput | udp64 | packets/s that reached the far pod |
 * | cpu | tcp | busy cores of the whole machine per Gbit/s |
 * | p50, p99 | rr | µs from request to answer |
 */
export const metrics = ["throughput", "p50", "p99", "cpu"] as const;
export type Metric = (typeof metrics)[number];

/** One thing that is measured over every way. */
export interface Case {
  readonly test: Test;
  /** IP version of the pods' packets; the nodes among themselves speak IPv4. */
  readonly family: Family;
  /** Connections at the same time. */
  readonly streams: number;
  readonly wire: WireMode;
}

/** One case over one way in one round. */
export interface Measurement extends Case {
  readonly way: Way;
  readonly values: Readonly<Partial<Record<Metric, number>>>;
  /** Seconds the command took, warm-up included. */
  readonly seconds: number;
  /** Cores busy on average meanwhile, whoever used them; all of them in rr, where none may sleep. */
  readonly cores: number;
}

/** A measurement that could not be made; the run goes on without it. */
export interface Failure extends Case {
  readonly way: Way;
  readonly reason: string;
}

export interface Round {
  /** From 1. */
  readonly round: number;
  /** Cores busy before the round began, with nothing of ours running. */
  readonly background: number;
  readonly measurements: readonly Measurement[];
  readonly failures: readonly Failure[];
}

/** "tcp x4 IPv6, gso wire". */
export function caseName({ test, family, streams, wire }: Case): string {
  return `${test}${test === "tcp" ? ` x${streams}` : ""} IPv${family}, ${wire} wire`;
}

export function sameCase(a: Case, b: Case): boolean {
  return a.test === b.test && a.family === b.family && a.streams === b.streams && a.wire === b.wire;
}
