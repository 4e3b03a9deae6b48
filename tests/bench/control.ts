// SPDX-License-Identifier: Apache-2.0
/**
 * `./justw bench control [--quick] [--json FILE]`: what the control plane costs, at sizes from a demo's to the largest we design for.
 * docs/benchmarks.md says what each figure means.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { labObstacle } from "@strait/lab";
import { appNames, Bed } from "./control/bed.ts";
import { type Figure, figure, figureTable, verdict } from "./control/figures.ts";
import { type Cost, difference } from "./control/process_cost.ts";
import { changeNames, type WorldSize } from "./control/world.ts";
import { thisMachine } from "./support/machine.ts";

interface Case {
  readonly name: string;
  readonly size: WorldSize;
  /** MiB that each app may be resident with. */
  readonly memory: number;
}

/** The first is as large as a demo; the last as large as we design for. */
const CASES: readonly Case[] = [
  { name: "demo", size: { nodes: 4, pods: 20, clusters: 2 }, memory: 60 },
  { name: "10 000 pods", size: { nodes: 500, pods: 10_000, clusters: 32 }, memory: 300 },
  { name: "100 000 pods", size: { nodes: 5000, pods: 100_000, clusters: 256 }, memory: 300 },
];

const USAGE = "usage: ./justw bench control [--quick] [--json FILE]";

const say = (line: string): void => console.error(`bench: ${line}`);

/** Exit code: 0 everything was measured (targets met or not), 1 something could not be, 2 the command line or the machine cannot be used. */
async function main(args: string[]): Promise<number> {
  let options: { quick?: boolean | undefined; json?: string | undefined; help?: boolean | undefined };
  try {
    const flags = { quick: { type: "boolean" }, json: { type: "string" }, help: { type: "boolean" } } as const;
    options = parseArgs({ args, options: flags }).values;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const obstacle = labObstacle();
  if (obstacle !== undefined) {
    console.error(`bench: ${obstacle}; run ./justw bench control as root, it installs what it needs`);
    return 2;
  }
  const machine = thisMachine(new Date());
  const figures: Figure[] = [];
  for (const one of CASES) {
    say(`${one.name}: ${one.size.nodes} nodes, ${one.size.pods} pods, ${one.size.clusters} other clusters`);
    figures.push(...(await measure(one, options.quick ?? false)));
    // After every case: what a long run has found so far is not lost with it.
    if (options.json !== undefined) await Bun.write(options.json, `${JSON.stringify({ machine, figures }, undefined, 2)}\n`);
  }
  console.log(figureTable(figures));
  console.log(`\n${verdict(figures)}`);
  return 0;
}

async function measure({ name, size, memory }: Case, quick: boolean): Promise<Figure[]> {
  await using bed = await Bed.make(size);
  const figures: Figure[] = [];
  const add = (app: string, what: string, value: number, unit: string, target?: number): void => {
    figures.push(figure(`${name}: ${app}: ${what}`, value, unit, target));
  };
  for (const app of appNames) add(app, "from start to ready", await bed.start(app), "ms");
  // What the start left to do (first probes, first objects written) is not part of any figure.
  await Bun.sleep(quick ? 3000 : 10_000);
  const idle = await idleRate(bed, quick ? 5000 : 65_000);
  for (const app of appNames) add(app, "idle CPU", idle[app] * 100, "%", 0.2);
  for (const change of changeNames) {
    const count = quick ? 10 : 40;
    // A process that runs for a while has compiled what it needs; one that just started has not.
    await makeChanges(bed, change, count / 2);
    const writes = await Promise.all(appNames.map(async (app) => (await bed.totals(app)).writes));
    await Bun.sleep(500);
    const before = appNames.map((app) => bed.cost(app));
    const spent = await makeChanges(bed, change, count);
    const after = appNames.map((app) => bed.cost(app));
    for (const [i, app] of appNames.entries()) {
      const { cpuMs, written } = difference(before[i] as Cost, after[i] as Cost);
      const rows = ((await bed.totals(app)).writes - (writes[i] ?? 0)) / count;
      add(app, `one ${change} changes, CPU`, (cpuMs - idle[app] * spent) / count, "ms", 1);
      add(app, `one ${change} changes, bytes written`, written / count, "bytes");
      add(app, `one ${change} changes, rows written`, rows, "rows");
    }
  }
  for (const app of appNames) {
    const before = bed.cost(app);
    bed.resync(app);
    await Bun.sleep(quick ? 2000 : 5000);
    add(app, "a look at everything, CPU", difference(before, bed.cost(app)).cpuMs, "ms");
    add(app, "resident memory", bed.resident(app), "MiB", memory);
  }
  for (const app of appNames) {
    await bed.stop(app);
    await bed.start(app);
    const { writes, removes } = await bed.totals(app);
    add(app, "rows written by a restart", writes + removes, "rows", 0);
  }
  return figures;
}

/** Makes changes a tenth of a second apart, and waits until they are over; milliseconds it took. */
async function makeChanges(bed: Bed, change: (typeof changeNames)[number], count: number): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    bed.change(change);
    await Bun.sleep(100);
  }
  await Bun.sleep(1000);
  return performance.now() - began;
}

/** The part of one CPU that each app takes while nothing happens. The minute holds one look at everything. */
async function idleRate(bed: Bed, milliseconds: number): Promise<Record<(typeof appNames)[number], number>> {
  const before = appNames.map((app) => bed.cost(app));
  const began = performance.now();
  await Bun.sleep(milliseconds);
  const spent = performance.now() - began;
  const [gateway = 0, routeagent = 0] = appNames.map((app, i) => (bed.cost(app).cpuMs - (before[i]?.cpuMs ?? 0)) / spent);
  return { gateway, routeagent };
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
