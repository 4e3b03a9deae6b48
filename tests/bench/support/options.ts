// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";
import type { CniPlugin, Family, WireMode } from "@strait/lab";
import { type Test, tests, type Way, ways } from "./measurement.ts";
import type { Choice } from "./plan.ts";

/** What the command line asks for. */
export interface Options {
  readonly json?: string;
  readonly rounds: number;
  /** Per measurement, warm-up included. */
  readonly seconds: number;
  readonly warmup: number;
  readonly ways: readonly Way[];
  readonly cni: CniPlugin;
  readonly choice: Choice;
}

export const USAGE = `usage: bench encap [--json FILE] [--rounds N] [--quick] [--seconds N] [--cni ptp|bridge]
                   [--way W]… [--test T]… [--family F]… [--wire M]… [--streams N]…

  --json FILE  write every figure, the ratios and the targets
  --rounds N   how often everything is measured; 5 when absent
  --seconds N  per measurement; 3 when absent
  --quick      one round of one second each, to see that it works: its ratios say little
  --cni        what wires the pods; ptp when absent

Only a part of it, each may be given more than once:
  --way plain|kernel|ours   --test tcp|udp64|rr   --family 4|6   --wire gso|mtu   --streams 1|4|16`;

/** Of each measurement, in seconds: a multiple of iperf3's interval, and less than a measurement. */
const WARMUP = 0.5;

/**
 * Reads the command line; undefined where it asks for help.
 *
 * @throws TypeError with one sentence for what cannot be meant
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const many = { type: "string", multiple: true } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      cni: { type: "string", default: "ptp" },
      way: many,
      test: many,
      family: many,
      wire: many,
      streams: many,
    },
  });
  if (values.help) return undefined;
  const chosen = values.way === undefined ? ways : ways.filter((way) => oneOf("way", values.way, ways).includes(way));
  return {
    ...(values.json === undefined ? {} : { json: values.json }),
    rounds: count("rounds", values.rounds, values.quick ? 1 : 5),
    seconds: count("seconds", values.seconds, values.quick ? 1 : 3),
    warmup: WARMUP,
    ways: chosen,
    cni: oneOf<CniPlugin>("cni", [values.cni], ["ptp", "bridge"])[0] ?? "ptp",
    choice: {
      ...(values.test === undefined ? {} : { tests: oneOf<Test>("test", values.test, tests) }),
      ...(values.wire === undefined ? {} : { wires: oneOf<WireMode>("wire", values.wire, ["gso", "mtu"]) }),
      ...(values.family === undefined ? {} : { families: oneOf<Family>("family", values.family, [4, 6]) }),
      ...(values.streams === undefined ? {} : { streams: oneOf("streams", values.streams, [1, 4, 16]) }),
    },
  };
}

function oneOf<T extends string | number>(flag: string, given: readonly string[] = [], allowed: readonly T[]): T[] {
  return given.map((text) => {
    const found = allowed.find((value) => `${value}` === text);
    if (found === undefined) throw new TypeError(`--${flag} ${text}: must be one of ${allowed.join(", ")}`);
    return found;
  });
}

function count(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new TypeError(`--${flag} ${text}: must be a whole number from 1 to 999`);
  return Number(text);
}
