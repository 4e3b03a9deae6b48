// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";

/** What a process has cost so far. */
export interface Cost {
  /** Milliseconds on a CPU, all threads that live, user and kernel. */
  readonly cpuMs: number;
  /** Bytes it wrote to files and sockets by write(2). */
  readonly written: number;
}

/** From /proc, to the nanosecond (schedstat): ticks would be 10 ms. */
export function costOf(pid: number): Cost {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // A thread that ended between the listing and the look.
    }
  }
  const written = Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);
  return { cpuMs: nanoseconds / 1e6, written };
}

/** What it cost between two looks. */
export function difference(before: Cost, after: Cost): Cost {
  return { cpuMs: after.cpuMs - before.cpuMs, written: after.written - before.written };
}

/** Resident memory, MiB. */
export function residentMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}
