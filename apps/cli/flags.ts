// SPDX-License-Identifier: Apache-2.0
import { parseCidr } from "@strait/model";
import { InvalidArgumentError } from "commander";
import { list } from "./global_options.ts";

/** Reads true or false, for flags that Submariner's users write as `--natt=false`. */
export function truth(text: string | true): boolean {
  if (text === true || text === "true") return true;
  if (text === "false") return false;
  throw new InvalidArgumentError("use true or false.");
}

/** Reads a whole number within a range. */
export function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`use a whole number from ${from} to ${to}.`);
  };
}

/** Reads comma-separated subnets; each is checked. */
export function cidrs(text: string): readonly string[] {
  const all = list(text);
  for (const entry of all) {
    const parsed = parseCidr(entry);
    if (!parsed.ok) throw new InvalidArgumentError(`${parsed.reason}.`);
  }
  if (all.length === 0) throw new InvalidArgumentError("name at least one subnet, like 10.1.0.0/16.");
  return all;
}

/** Collects `--flag key=value` given several times. */
export function pairs(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("write it as name=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
