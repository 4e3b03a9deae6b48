// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

/** Clock ticks of the whole machine since boot, summed over its cores (proc(5), `cpu` of /proc/stat). */
export interface CpuTime {
  readonly busy: number;
  readonly total: number;
  readonly cores: number;
}

/** Reads what /proc/stat holds. What waits for I/O counts as idle; a guest's time is in `user` already. */
export function parseCpuTime(stat: string): CpuTime {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1];
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
    line?.split(/ +/).map(Number) ?? [];
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, total: busy + idle + iowait, cores: stat.match(/^cpu\d+ /gm)?.length ?? 0 };
}

/** Cores busy on average between two readings. NaN where no tick lies between them. */
export function coresBetween(before: CpuTime, after: CpuTime): number {
  return ((after.busy - before.busy) / (after.total - before.total)) * after.cores;
}

export function readCpuTime(): CpuTime {
  return parseCpuTime(readFileSync("/proc/stat", "utf8"));
}
