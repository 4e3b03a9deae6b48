// SPDX-License-Identifier: Apache-2.0
import type { CommandOptions, CommandOutput } from "./command.ts";
import type { Namespace } from "./namespace.ts";
import type { Family } from "./spec.ts";

/** Somewhere traffic can begin and end: a pod, or a node itself (host network). */
export interface Place {
  /** "east/w1" for a node, "east/w1/0" for its first pod. */
  readonly label: string;
  readonly cluster: string;
  readonly ns: Namespace;
  readonly families: readonly Family[];
  /** Throws RangeError where the place has no address of that family. */
  address(family: Family): string;
  /** Runs a command there and returns what it left behind, whatever its code. */
  exec(argv: readonly string[], options?: CommandOptions): Promise<CommandOutput>;
}

/** The address of `family` in `addresses`, or a RangeError that names the place. */
export function pickAddress(label: string, addresses: Partial<Record<Family, string>>, family: Family): string {
  const found = addresses[family];
  if (found === undefined) throw new RangeError(`${label} has no IPv${family} address`);
  return found;
}
