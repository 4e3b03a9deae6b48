// SPDX-License-Identifier: Apache-2.0
import type { Result } from "@strait/model";
import { type Options, parseOptions, type System } from "@strait/node";
import manifest from "./package.json" with { type: "json" };

/** What the gateway is called, in logs, status and metrics. */
export const identity = Object.freeze({
  name: "gateway",
  owner: "gateway",
  version: manifest.version,
  purpose: "Strait's gateway: joins this cluster to the others over cables, from a gateway node.",
} as const);

/** Flags and environment as one frozen object; the file it names is read, and read again, by the running app. */
export function readOptions({ argv, env }: Pick<System, "argv" | "env">): Result<Options> {
  return parseOptions(argv, env);
}
