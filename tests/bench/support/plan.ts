// SPDX-License-Identifier: Apache-2.0
import type { Family, WireMode } from "@strait/lab";
import { type Case, type Test, tests, type Way } from "./measurement.ts";

/** Which part of everything is wanted; an absent key means all of it. */
export interface Choice {
  readonly tests?: readonly Test[];
  readonly families?: readonly Family[];
  readonly wires?: readonly WireMode[];
  readonly streams?: readonly number[];
}

/** Streams of the tests; more than one only for TCP. */
const STREAMS: Readonly<Record<Test, readonly number[]>> = { tcp: [1, 4, 16], udp64: [1], rr: [1] };

/** The cases of a round in their order: the wire changes least often, since it takes a setting of every link. */
export function casesOf(choice: Choice = {}): Case[] {
  const { wires = ["gso", "mtu"], families = [4, 6], tests: chosen = tests, streams } = choice;
  return wires.flatMap((wire) =>
    families.flatMap((family) =>
      chosen.flatMap((test) =>
        STREAMS[test]
          .filter((count) => test !== "tcp" || streams === undefined || streams.includes(count))
          .map((count): Case => ({ test, family, streams: count, wire })),
      ),
    ),
  );
}

/**
 * The ways in the order of the `n`-th comparison (from 0): each way goes first, second and last equally often, so none has the
 * machine always colder or quieter than the others.
 *
 * @example
 * orderOf(["plain", "kernel", "ours"], 1); // ["kernel", "ours", "plain"]
 */
export function orderOf(all: readonly Way[], n: number): Way[] {
  return all.map((_, index) => all[(index + n) % all.length]).filter((way) => way !== undefined);
}
