// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { processCpuMs } from "@strait/ffi";

/** What a process has cost so far. */
export interface Cost {
  /** Milliseconds on a CPU, user and kernel, of all threads that are or were. */
  readonly cpuMs: number;
  /** Bytes it wrote to files and sockets by write(2). */
  readonly written: number;
}

export function costOf(pid: number): Cost {
  const written = Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);
  return { cpuMs: processCpuMs(pid), written };
}

/** What it cost between two looks. */
export function difference(before: Cost, after: Cost): Cost {
  return { cpuMs: after.cpuMs - before.cpuMs, written: after.written - before.written };
}

/** Resident memory, MiB. */
export function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}
