// SPDX-License-Identifier: Apache-2.0
import { dlopen, ptr } from "bun:ffi";

const CLOCK_MONOTONIC = 1;
const libc = dlopen("libc.so.6", { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });

/** Milliseconds of CLOCK_MONOTONIC: the same clock in all processes and namespaces of this machine. */
export function monotonicMs(): number {
  return clockMs(CLOCK_MONOTONIC, "the clock");
}

/** Milliseconds of CPU that a process has used, to the nanosecond, in user and kernel, by threads that ended too. */
export function processCpuMs(pid: number): number {
  // As clock_getcpuclockid(3) makes it.
  return clockMs((~pid << 3) | 2, `the CPU clock of process ${pid}`);
}

function clockMs(clock: number, what: string): number {
  const time = new BigInt64Array(2);
  if (libc.symbols.clock_gettime(clock, ptr(time)) !== 0) throw new Error(`${what} cannot be read`);
  return Number(time[0]) * 1000 + Number(time[1]) / 1e6;
}
