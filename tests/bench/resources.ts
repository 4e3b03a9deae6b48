// SPDX-License-Identifier: Apache-2.0
/**
 * `./justw bench resources [--quick] [--json FILE]`: what Strait's apps take of the nodes of real clusters, at rest and while pods come and
 * go. libs/manifests asks for what the committed run says; tests/repo/requests_test.ts compares them.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { kubeObstacle, labObstacle, run } from "@strait/lab";
import { appsOf } from "./control/api_costs.ts";
import { appNames } from "./control/bed.ts";
import { churn } from "./control/churn.ts";
import { type Figure, figure, figureTable } from "./control/figures.ts";
import { formatFigures } from "./control/figures_file.ts";
import { joinedBed } from "./control/joined_bed.ts";
import { type Usage, usageSamples } from "./control/usage_samples.ts";
import { thisMachine } from "./support/machine.ts";
import { percentile } from "./support/statistics.ts";

/** Seconds. The minute at rest holds one look at everything. */
const FULL = { settle: 15, rest: 65, churn: 60 } as const;
const QUICK = { settle: 2, rest: 5, churn: 5 } as const;

const USAGE = `usage: ./justw bench resources [--quick] [--json FILE]

  --quick      it works; its figures say little
  --json FILE  write every figure`;

const say = (line: string): void => console.error(`bench: ${line}`);

/** Exit code: 0 measured, 2 the command line or the machine cannot be used. */
async function main(args: string[]): Promise<number> {
  let options: { quick?: boolean | undefined; json?: string | undefined };
  try {
    options = parseArgs({ args, options: { quick: { type: "boolean" }, json: { type: "string" } } }).values;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 2;
  }
  const obstacle = labObstacle() ?? (await kubeObstacle());
  if (obstacle !== undefined) {
    console.error(`bench: ${obstacle}; run ./justw bench resources as root, it installs what it needs`);
    return 2;
  }
  const machine = thisMachine(new Date());
  const commit = (await run(["git", "describe", "--always", "--dirty=+", "--exclude=*"]).catch(() => "unknown")).trim();
  const figures = await measured(options.quick ? QUICK : FULL);
  console.log(figureTable(figures));
  if (options.json !== undefined) await Bun.write(options.json, formatFigures({ machine, commit, figures }));
  return 0;
}

async function measured(plan: typeof FULL | typeof QUICK): Promise<Figure[]> {
  say("two real clusters of two nodes");
  const bed = await joinedBed("real");
  await using _lab = bed.lab;
  const apps = bed.lab.kubeClusters.flatMap((kube) => appsOf(bed.lab, kube));
  await Bun.sleep(plan.settle * 1000);
  say("at rest");
  const rest = await usageSamples(apps, plan.rest);
  say("while pods come and go");
  const ending = new AbortController();
  const churning = churn(bed.lab.kubeClusters, ending.signal);
  const busy = await usageSamples(apps, plan.churn).finally(() => ending.abort());
  await churning;
  return appNames.flatMap((app) => [
    ...usageFigures(
      `${app}: at rest`,
      rest.filter((one) => one.app === app),
    ),
    ...usageFigures(
      `${app}: while pods come and go`,
      busy.filter((one) => one.app === app),
    ),
  ]);
}

function usageFigures(name: string, samples: readonly Usage[]): Figure[] {
  const of = (what: string, unit: string, pick: (one: Usage) => number): Figure[] => {
    const values = samples.map(pick);
    return [
      figure(`${name}, ${what}, p50`, percentile(values, 0.5), unit),
      figure(`${name}, ${what}, p99`, percentile(values, 0.99), unit),
    ];
  };
  return [...of("CPU", "mCPU", ({ cpu }) => cpu), ...of("resident memory", "MiB", ({ memory }) => memory)];
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
