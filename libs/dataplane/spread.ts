// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostPath } from "./host_root.ts";
import { type Pins, removePins } from "./pins.ts";

/** Where the kernel shows its devices and CPUs; a test gives a folder of its own. */
export const SYS: string = hostPath("/sys");

/** An interface by name, and the index that its mark is kept under. */
export interface Spreadable {
  readonly name: string;
  readonly ifindex: number;
}

/** What became of one uplink: spread by us now, spread by us before, or left alone and why. */
export type SpreadOutcome = "spread" | "kept" | { readonly left: string };

/** Reads a list of CPUs such as "0-3,8" (Documentation/admin-guide/cputopology.rst) and answers their numbers. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(",")
    .flatMap((part) => {
      const [first, last = first] = part.split("-").map(Number);
      if (first === undefined || last === undefined || !Number.isInteger(first) || !Number.isInteger(last)) return [];
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
    });
}

/** A CPU mask as the kernel writes it: groups of 32 bits in hex, the highest first. Example: `cpuMask([0, 1])` is "3". */
export function cpuMask(cpus: readonly number[]): string {
  let mask = cpus.reduce((bits, cpu) => bits | (1n << BigInt(cpu)), 0n);
  const groups: string[] = [];
  do {
    groups.unshift((mask & 0xffffffffn).toString(16));
    mask >>= 32n;
  } while (mask > 0n);
  return groups.map((group, i) => (i === 0 ? group : group.padStart(8, "0"))).join(",");
}

const isZero = (mask: string): boolean => /^[0,]*$/.test(mask.trim());
const plain = (mask: string): string => mask.trim().replace(/^[0,]+(?=[^,])/, "");

function queues(sys: string, name: string): string[] {
  const dir = join(sys, "class/net", name, "queues");
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((queue) => queue.startsWith("rx-"))
    .map((queue) => join(dir, queue, "rps_cpus"));
}

/**
 * Lets all CPUs work on what arrives at an uplink that has fewer receive queues than the node has CPUs (receive packet
 * steering, Documentation/networking/scaling.rst). Without it one CPU carries a gateway while the others idle. The outer
 * source port keeps each flow on one CPU and in order.
 *
 * A queue somebody has set is left alone. What we set is marked by a folder among our pins, so that it can be taken back.
 */
export function spreadUplink(pins: Pins, { name, ifindex }: Spreadable, sys: string = SYS): SpreadOutcome {
  const found = queues(sys, name);
  const cpus = parseCpuList(readFileSync(join(sys, "devices/system/cpu/online"), "utf8"));
  if (found.length === 0) return { left: "it shows no receive queues" };
  if (found.length >= cpus.length) return { left: "it has a receive queue for every CPU" };
  const masks = found.map((file) => readFileSync(file, "utf8"));
  const wanted = cpuMask(cpus);
  if (existsSync(pins.spread(ifindex)) && masks.every((mask) => plain(mask) === wanted)) return "kept";
  if (!masks.every(isZero)) return { left: "its receive packet steering is set already" };
  try {
    mkdirSync(pins.spread(ifindex), { recursive: true, mode: 0o700 });
    for (const file of found) writeFileSync(file, wanted);
    return "spread";
  } catch (error) {
    removePins(pins.spread(ifindex));
    return { left: error instanceof Error ? error.message : String(error) };
  }
}

/** Takes back what {@linkcode spreadUplink} set, unless somebody has changed it since. Answers whether anything was ours. */
export function unspreadUplink(pins: Pins, { name, ifindex }: Spreadable, sys: string = SYS): boolean {
  if (!existsSync(pins.spread(ifindex))) return false;
  const ours = cpuMask(parseCpuList(readFileSync(join(sys, "devices/system/cpu/online"), "utf8")));
  for (const file of queues(sys, name)) if (plain(readFileSync(file, "utf8")) === ours) writeFileSync(file, "0");
  removePins(pins.spread(ifindex));
  return true;
}
