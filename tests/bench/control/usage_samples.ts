// SPDX-License-Identifier: Apache-2.0
import type { KubeApp } from "@strait/lab";
import { costOf, residentMiB } from "./process_cost.ts";

/** What one process took of its node in about a second. */
export interface Usage {
  readonly app: KubeApp["name"];
  /** Thousandths of one CPU. */
  readonly cpu: number;
  /** MiB resident. */
  readonly memory: number;
}

/** Milliseconds from one look to the next. */
const BETWEEN = 1000;

/**
 * Looks at processes every second.
 *
 * @returns a sample of each process for each second
 * @throws Error where one of them does not run, or is another one than before
 */
export async function usageSamples(apps: readonly KubeApp[], seconds: number): Promise<Usage[]> {
  const pids = apps.map((app) => {
    const { pid } = app;
    if (pid === undefined) throw new Error(`${app.label} does not run`);
    return pid;
  });
  const look = () => pids.map((pid) => ({ cpuMs: costOf(pid).cpuMs, memory: residentMiB(pid) }));
  const samples: Usage[] = [];
  let [before, at] = [look(), performance.now()];
  for (let second = 0; second < seconds; second++) {
    await Bun.sleep(BETWEEN);
    const [now, then] = [look(), performance.now()];
    for (const [i, { name }] of apps.entries()) {
      const cpuMs = (now[i]?.cpuMs ?? 0) - (before[i]?.cpuMs ?? 0);
      samples.push({ app: name, cpu: (cpuMs / (then - at)) * 1000, memory: now[i]?.memory ?? 0 });
    }
    [before, at] = [now, then];
  }
  return samples;
}
