// SPDX-License-Identifier: Apache-2.0
import { summary } from "../support/statistics.ts";
import { type AppName, appNames, type Bed } from "./bed.ts";
import { type Cost, difference } from "./process_cost.ts";
import type { ChangeName } from "./world.ts";

/** What one change costs an app. */
export interface ChangeCost {
  /** Milliseconds of CPU, idle CPU taken off: the median of groups of changes. */
  readonly cpuMs: number;
  /** As that, the mean of all. It holds what comes now and then: a look at everything, a large collection of garbage. */
  readonly meanCpuMs: number;
  /** By write(2). */
  readonly bytes: number;
  readonly rows: number;
}

/** Milliseconds from one change to the next: more than an app gathers news for, so that each is acted on by itself. */
const BETWEEN = 60;
/** Changes in a group: a group takes 0.6 s. */
const GROUP = 10;
/** Milliseconds until what the last change led to is over. */
const LINGER = 300;

/**
 * Makes changes of one kind, `groups` of ten, after as many as half of it that do not count: a process that runs for a while has compiled
 * what it needs.
 *
 * @param idle the part of a CPU that each app takes while nothing happens
 */
export async function changeCosts(
  bed: Bed,
  change: ChangeName,
  groups: number,
  idle: Readonly<Record<AppName, number>>,
): Promise<Record<AppName, ChangeCost>> {
  await makeChanges(bed, change, (groups * GROUP) / 2);
  const rows = async () => Promise.all(appNames.map(async (app) => (await bed.totals(app)).writes));
  const costs = () => appNames.map((app) => bed.cost(app));
  const rowsBefore = await rows();
  const taken: { costs: Cost[]; ms: number }[] = [];
  for (let group = 0; group < groups; group++) {
    const [began, before] = [performance.now(), costs()];
    await makeChanges(bed, change, GROUP);
    taken.push({ costs: costs().map((after, i) => difference(before[i] as Cost, after)), ms: performance.now() - began });
  }
  const rowsAfter = await rows();
  const [gateway, routeagent] = appNames.map((app, i) => {
    const cpu = taken.map(({ costs, ms }) => ((costs[i]?.cpuMs ?? 0) - idle[app] * ms) / GROUP);
    const count = groups * GROUP;
    return {
      cpuMs: summary(cpu).median,
      meanCpuMs: cpu.reduce((sum, ms) => sum + ms, 0) / groups,
      bytes: taken.reduce((sum, { costs }) => sum + (costs[i]?.written ?? 0), 0) / count,
      rows: ((rowsAfter[i] ?? 0) - (rowsBefore[i] ?? 0)) / count,
    };
  });
  return { gateway: gateway as ChangeCost, routeagent: routeagent as ChangeCost };
}

async function makeChanges(bed: Bed, change: ChangeName, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    bed.change(change);
    await Bun.sleep(BETWEEN);
  }
  await Bun.sleep(LINGER);
}
