// SPDX-License-Identifier: Apache-2.0
import { cpus, release, totalmem } from "node:os";

/** Where a run took place. */
export interface Machine {
  /** As `uname -r` says it. */
  readonly kernel: string;
  /** How many logical processors. */
  readonly cpus: number;
  readonly model: string;
  /** GiB. */
  readonly memory: number;
  /** When the run began, ISO 8601. */
  readonly date: string;
}

/** This machine. A virtual machine's model may say little. */
export function thisMachine(now: Date): Machine {
  const processors = cpus();
  return {
    kernel: release(),
    cpus: processors.length,
    model: processors[0]?.model.trim() || "unknown",
    memory: Math.round(totalmem() / 2 ** 30),
    date: now.toISOString(),
  };
}
