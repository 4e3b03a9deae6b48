// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import type { TraceOptions } from "./app.ts";

/** `Wiring.trace` of both apps: the node's programs are the same, whichever app asks. */
export async function printVerdicts({ pinDir, signal, print }: TraceOptions): Promise<void> {
  const { bootTime, formatVerdict, traceVerdicts } = await import("@strait/dataplane");
  const bootedAt = bootTime(readFileSync("/proc/uptime", "utf8"), Date.now());
  for await (const verdict of traceVerdicts({ pinDir }, signal)) if (!print(formatVerdict(verdict, bootedAt))) return;
}
